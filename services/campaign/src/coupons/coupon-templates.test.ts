import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { campaignSeed, yuan } from '../../test/seed.ts'
import { publishJourney } from '../journeys/publish-journey.ts'
import { publishMessageTemplate } from '../message-templates/publish-message-template.ts'
import { archiveCouponTemplate } from './archive-coupon-template.ts'
import { restoreCouponTemplate } from './restore-coupon-template.ts'
import { updateCouponTemplate } from './update-coupon-template.ts'

const seed = campaignSeed()
const yen = (amount: string) => ({ amount, currency: 'JPY' })

const DOCUMENT = `query T($id: ID!) { couponTemplate(id: $id) { name kind threshold { amount currency }
  discount { amountOff { amount currency } percentOff { percent maxDiscount { amount currency } } }
  stock issued used perCustomer validFor version archivedAt } }`
const read = async (id: string) => (await seed.query<{ couponTemplate: object }>(DOCUMENT, { id })).couponTemplate
const update = (couponTemplateId: string, changes: object) =>
  updateCouponTemplate(seed.contextOf(), { idempotencyKey: key(), couponTemplateId, ...changes })
const archive = (couponTemplateId: string, tenantId?: string) =>
  archiveCouponTemplate(seed.contextOf(tenantId), { idempotencyKey: key(), couponTemplateId })
const wrong = (code: string, field: string, message: string) => ({ code, fields: { [field]: expect.stringContaining(message) } })

describe('a coupon template', () => {
  it('is read back with all its terms', async () => {
    const percentOff = { percent: 15, maxDiscount: yen('3000') }
    const terms = { name: 'fifteen', threshold: yen('0'), discount: { percentOff }, stock: 7, perCustomer: 2, validFor: 'P9D' }
    const { id } = await seed.couponTemplate(terms)
    expect(await read(id)).toEqual({
      ...terms,
      kind: 'PERCENT_OFF',
      discount: { amountOff: null, percentOff },
      issued: 0,
      used: 0,
      version: 1,
      archivedAt: null,
    })
    expect(await read((await seed.couponTemplate()).id)).toMatchObject({
      kind: 'AMOUNT_OFF',
      threshold: yuan('10.00'),
      discount: { amountOff: yuan('5.00'), percentOff: null },
    })
  })

  it.each([
    [{ amountOff: yen('5') }, 'discount.amountOff.currency'],
    [{ percentOff: { percent: 5, maxDiscount: yen('5') } }, 'discount.percentOff.maxDiscount.currency'],
  ])('with %j beside yuan is refused', async (discount, field) => {
    await expect(seed.couponTemplate({ discount })).rejects.toMatchObject(wrong('INVALID', field, 'CNY'))
  })

  it.each([
    [{ discount: { amountOff: yuan('0') } }, 'discount.amountOff.amount'],
    [{ discount: { amountOff: yuan('5'), percentOff: { percent: 5 } } }, 'discount'],
    [{ discount: { percentOff: { percent: 100 } } }, 'discount.percentOff.percent'],
    [{ threshold: yuan('-1') }, 'threshold.amount'],
    [{ threshold: { amount: '1', currency: 'XYZ' } }, 'threshold.currency'],
    [{ validFor: 'PT36H' }, 'validFor'],
    [{ validFor: 'P3651D' }, 'validFor'],
  ])('with %j is refused', async (change, field) => {
    await expect(seed.couponTemplate(change)).rejects.toMatchObject({ code: 'INVALID', fields: { [field]: expect.any(String) } })
  })
})

describe('a change of a coupon template', () => {
  it('changes every term while no coupon is issued, its currency with all amounts only', async () => {
    const { id } = await seed.couponTemplate()
    await expect(update(id, { threshold: yen('500') })).rejects.toMatchObject(wrong('INVALID', 'threshold.currency', 'CNY'))
    await update(id, { threshold: yen('500'), discount: { percentOff: { percent: 20 } }, expectedVersion: 1 })
    await update(id, { name: 'other', stock: 3, perCustomer: 4, validFor: 'P2D' })
    expect(await read(id)).toMatchObject({
      name: 'other',
      kind: 'PERCENT_OFF',
      threshold: yen('500'),
      discount: { amountOff: null, percentOff: { percent: 20, maxDiscount: null } },
      stock: 3,
      perCustomer: 4,
      validFor: 'P2D',
      version: 3,
    })
    await expect(update(id, { stock: 4, expectedVersion: 2 })).rejects.toMatchObject(wrong('CONFLICT', 'expectedVersion', '3'))
    for (const use of [archiveCouponTemplate, restoreCouponTemplate]) {
      const stale = use(seed.contextOf(), { idempotencyKey: key(), couponTemplateId: id, expectedVersion: 2 })
      await expect(stale).rejects.toMatchObject(wrong('CONFLICT', 'expectedVersion', '3'))
      await use(seed.contextOf(), { idempotencyKey: key(), couponTemplateId: id, expectedVersion: 3 })
    }
    await expect(update(id, {})).rejects.toMatchObject({ code: 'INVALID' })
  })

  it('leaves the threshold and the discount as they are once a coupon is issued, and its validity', async () => {
    const { id } = await seed.couponTemplate({ stock: 5 })
    const coupon = await seed.grant(id)
    await seed.grant(id)
    await expect(update(id, { threshold: yuan('1') })).rejects.toMatchObject(wrong('CONFLICT', 'threshold', '2 coupons are issued'))
    await expect(update(id, { discount: { amountOff: yuan('9') } })).rejects.toMatchObject(wrong('CONFLICT', 'discount', '2 coupons'))
    await expect(update(id, { stock: 1 })).rejects.toMatchObject(wrong('CONFLICT', 'stock', 'at least 2'))
    await update(id, { stock: 2, validFor: 'P1D' })
    expect((await seed.couponOf(coupon)).expiresAt).toEqual(coupon.expiresAt)
    await expect(seed.grant(id)).rejects.toMatchObject(wrong('CONFLICT', 'couponTemplateId', 'No coupon of this template is left'))
    await update(id, { stock: 3 })
    expect((await seed.grant(id)).expiresAt.getTime()).toBe(seed.clock.now().getTime() + 86_400_000)
  })

  it('needs a template of the tenant', async () => {
    await expect(update(newId(), { stock: 3 })).rejects.toMatchObject(wrong('NOT_FOUND', 'couponTemplateId', 'no such coupon template'))
  })
})

describe('an archived coupon template', () => {
  async function journey(couponTemplateId: string) {
    const body = { name: newId(), channel: 'EMAIL' as const, body: 'x' }
    const { id: messageTemplateId } = await publishMessageTemplate(seed.contextOf(), { idempotencyKey: key(), ...body })
    const { id: segmentId } = await seed.segment({ orders: {} })
    const nodes = [{ send: { id: 's', messageTemplateId, couponTemplateId, purpose: 'p', next: 'end' } }, { exit: { id: 'end' } }]
    return publishJourney(seed.contextOf(), { idempotencyKey: key(), name: 'gift', trigger: { segmentEntered: { segmentId } }, nodes })
  }
  const list = async (filter: object) =>
    (
      await seed.query<{ couponTemplates: { nodes: { name: string }[] } }>(
        'query L($filter: CouponTemplateFilter) { couponTemplates(filter: $filter) { nodes { name } } }',
        { filter },
      )
    ).couponTemplates.nodes.map(({ name }) => name)

  it('issues no coupons, by hand or by a journey, until it is restored; issued ones stay', async () => {
    const { id } = await seed.couponTemplate({ name: 'old' })
    const { id: couponId } = await seed.grant(id)
    await archive(id)
    expect([await list({}), await list({ isArchived: true }), await list({ isArchived: true, kind: 'PERCENT_OFF' })]).toEqual([
      [],
      ['old'],
      [],
    ])
    await expect(seed.grant(id)).rejects.toMatchObject(wrong('CONFLICT', 'couponTemplateId', 'archived'))
    await expect(journey(id)).rejects.toMatchObject(wrong('CONFLICT', 'nodes.0.send.couponTemplateId', 'archived'))
    expect(await seed.couponOf({ id: couponId })).toMatchObject({ state: 'ISSUED' })
    await restoreCouponTemplate(seed.contextOf(), { idempotencyKey: key(), couponTemplateId: id })
    await seed.grant(id)
    await journey(id)
    await expect(archive(id)).rejects.toMatchObject(wrong('CONFLICT', 'couponTemplateId', 'used by the journey gift'))
    await expect(archive(id, newId())).rejects.toMatchObject(wrong('NOT_FOUND', 'couponTemplateId', 'no such coupon template'))
  })
})
