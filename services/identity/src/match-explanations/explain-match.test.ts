import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { describe, expect, it } from 'vitest'
import type { Said } from '../../test/fixture.ts'
import { matchAll, useModel } from '../../test/matching.ts'
import { identitySeed } from '../../test/seed.ts'
import { createAttributeField } from '../attributes/create-attribute-field.ts'
import type { Context } from '../context.ts'
import { blockIdentifier } from '../graph/block-identifier.ts'
import { separateCustomers } from '../graph/separate-customers.ts'
import { explainMatch } from './explain-match.ts'

const seed = identitySeed()
const reason = 'test'
const LI = { name: '李晓明', attributes: { birthday: '1988-05-17' } }
const meet = (claim: Partial<Said> = {}) => seed.meet({ source: `shop-${key()}`, ...LI, ...claim })
type Met = { profileId: string; customerId: string }
const explain = (a: Met, b: Met, ctx: Context = seed.context()) =>
  explainMatch(ctx, { a: { profileId: a.profileId }, b: { profileId: b.profileId } })
const codes = async (a: Met, b: Met) => (await explain(a, b)).reasons.map(({ effect, sentence }) => `${effect} ${sentence.code}`)
const field = async (key_: string, sensitivity: 'NONE' | 'PERSONAL') =>
  createAttributeField(seed.context(), { idempotencyKey: key(), key: key_, label: key_, kind: 'TEXT', sensitivity })
const audits = async () =>
  (await published(seed.test, ActionRecordedSchema)).filter(({ action, tenantId }) => action === 'explainMatch' && tenantId === seed.tenant)
    .length

describe('explainMatch', () => {
  it('shows each field with its sentence and weight, which add up to the probability', async () => {
    await useModel(seed)
    await field('birthday', 'PERSONAL')
    const { score, reasons, areOneCustomer } = await explain(await meet(), await meet({ name: '李小明' }))
    expect(areOneCustomer).toBe(false)
    const of = (name: string) => score!.comparisons.find((one) => one.field === name)!
    expect(of('family name').sentence).toMatchObject({ code: 'SAME', english: 'Family name: the same', chinese: '姓：相同' })
    expect(of('given name').sentence.code).toBe('SAME_SOUND')
    expect(of('city')).toMatchObject({ valueA: null, valueB: null, weight: 0, sentence: { code: 'MISSING' } })
    const sum = score!.comparisons.reduce((bits, { weight }) => bits + weight, score!.prior + score!.relatives)
    expect(sum).toBeCloseTo(score!.weight)
    expect(score!.probability).toBeCloseTo(1 / (1 + 2 ** -sum))
    expect(score).toMatchObject({ modelNumber: 1, lower: 0.1, upper: 0.99, comparedPairs: 1 })
    expect(reasons.map(({ sentence }) => sentence.code)).toEqual(['NOTHING_SHARED', 'SURE'])
    expect(reasons.at(-1)!.sentence).toMatchObject({
      english: expect.stringContaining('Model 1'),
      chinese: expect.stringContaining('概率'),
    })
  })

  it('masks personal values without the scope, numbers for everybody, and records what it shows', async () => {
    await useModel(seed)
    await field('city', 'NONE')
    await field('birthday', 'PERSONAL')
    const claim = { phone: '13912345678', verifiedAt: null, attributes: { ...LI.attributes, city: '杭州' } }
    const [a, b] = [await meet(claim), await meet(claim)]
    const ctx = seed.context()
    const blind = { ...ctx, viewer: { ...ctx.viewer, scopes: new Set(['customers:read']) } }
    const shown = async (as: Context) =>
      Object.fromEntries((await explain(a, b, as)).score!.comparisons.map((one) => [one.field, one.valueA]))
    expect(await shown(blind)).toMatchObject({ 'family name': '李****', birth_date: '198****17', phone: '+86139****5678', city: '杭州' })
    expect(await audits()).toBe(0)
    expect(await shown(ctx)).toMatchObject({ 'family name': '李晓明', birth_date: '1988-05-17', phone: '+86139****5678' })
    expect(await audits()).toBe(1)
  })

  it('states what joins two, or keeps them apart, and works without a model', async () => {
    const phone = '13912345678'
    const [a, b] = [await meet({ phone }), await meet({ phone })]
    expect(await codes(a, b)).toEqual(['TOGETHER SHARED_IDENTIFIER', 'NEITHER NO_MODEL'])
    expect((await explain(a, b)).identifiers).toMatchObject([{ kind: 'phone', value: '+86139****5678', tier: 1, state: 'ACTIVE' }])
    const [c, d] = [await meet({ unionid: key(), email: 'li@mail.example' }), await meet({ unionid: key(), email: 'li@mail.example' })]
    expect(await codes(c, d)).toEqual(['APART DIFFERENT_UNIONIDS', 'NEITHER NO_MODEL'])
    const [e, f] = [await meet({ phone: '13700000001', verifiedAt: null }), await meet({ phone: '13700000001', verifiedAt: null })]
    expect(await codes(e, f)).toEqual(['NEITHER ONE_UNPROVEN', 'NEITHER NO_MODEL'])
    await blockIdentifier(seed.context(), { idempotencyKey: key(), namespace: 'phone', value: phone, reason })
    expect(await codes(a, b)).toEqual(['NEITHER IDENTIFIER_BLOCKED', 'NEITHER NO_MODEL'])
    await separateCustomers(seed.context(), { idempotencyKey: key(), customerA: e.customerId, customerB: f.customerId, reason })
    const { reasons } = await explain(e, f)
    expect(reasons[0]).toMatchObject({ effect: 'APART', sentence: { code: 'SEPARATED_BY_PERSON' }, rulingId: expect.any(String) })
  })

  it('shows the most probable pair of two customers, and that a model joined them', async () => {
    await useModel(seed, { joins: true })
    const phone = '13912345678'
    const [other, own] = [await meet({ phone, name: '', attributes: {} }), await meet({ phone })]
    const b = await meet()
    const sides = () => explainMatch(seed.context(), { a: { customerId: own.customerId }, b: { customerId: b.customerId } })
    const { score } = await sides()
    expect([score!.profileIdA, score!.comparedPairs]).toEqual([own.profileId, 2])
    expect(own.customerId).toBe(other.customerId)
    await matchAll(seed)
    expect(await codes(own, b)).toEqual(['TOGETHER LINKED_BY_MODEL', 'NEITHER SURE'])
    const { reasons } = await sides()
    expect(reasons).toMatchObject([{ sentence: { code: 'SAME_PROFILE' } }])
    const ofOwn = await explainMatch(seed.context(), { a: { profileId: b.profileId }, b: { customerId: own.customerId } })
    expect(ofOwn).toMatchObject({ areOneCustomer: true, profileIdA: b.profileId, profileIdB: own.profileId })
  })

  it('finds nobody of another tenant, and names the side', async () => {
    const [a, b] = [await meet(), await meet()]
    seed.tenant = newId()
    const own = await meet()
    await expect(explain(own, a)).rejects.toMatchObject({ code: 'NOT_FOUND', fields: { b: expect.any(String) } })
    await expect(explain(b, own)).rejects.toMatchObject({ code: 'NOT_FOUND', fields: { a: expect.any(String) } })
    await expect(explainMatch(seed.context(), { a: {}, b: { profileId: own.profileId } })).rejects.toMatchObject({ code: 'INVALID' })
  })
})
