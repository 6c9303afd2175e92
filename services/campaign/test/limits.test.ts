import { withTenant } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { Cursors } from '@renmai/platform/serve/page'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { deliver, event } from '@renmai/platform/testing/events'
import { key, testContext, testViewer } from '@renmai/platform/testing/viewers'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { Context } from '../src/context.ts'
import { createCouponTemplate } from '../src/coupons/create-coupon-template.ts'
import { issueCoupon } from '../src/coupons/issue-coupon.ts'
import { handlers } from '../src/handlers.ts'
import { publishJourney } from '../src/journeys/publish-journey.ts'
import { createLoaders } from '../src/loaders.ts'
import { createSegment } from '../src/segments/create-segment.ts'
import { sweep } from '../src/segments/evaluate-segments.ts'
import { previewSegment } from '../src/segments/preview-segment.ts'
import { campaign } from '../src/service.ts'
import { publishTemplate } from '../src/templates/publish-template.ts'

let test: TestDatabase
let tenant: string
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), campaign)
})
beforeEach(() => {
  tenant = newId()
})
afterAll(() => test.drop())

function contextOf(scopes?: string[]): Context {
  const base = testContext(test.db, tenant)
  const viewer = scopes ? testViewer(tenant, scopes) : base.viewer
  return { ...base, viewer, bus: undefined as never, cursors: new Cursors('c'.repeat(32)), load: createLoaders(base) }
}
const SENDER = ['campaigns:write', 'messages:write']
const template = (scopes: string[], name: string, body = 'hello') =>
  publishTemplate(contextOf(scopes), { idempotencyKey: key(), name, channel: 'EMAIL', body })
const segment = (definition: object) => createSegment(contextOf(), { idempotencyKey: key(), name: newId(), definition })
async function journey(scopes: string[], templateId?: string) {
  const { id: segmentId } = await segment({ orders: {} })
  const send = { id: 'send', purpose: 'news', next: 'end' }
  const nodes = [...(templateId ? [{ send: { ...send, templateId } }] : []), { exit: { id: 'end' } }]
  return publishJourney(contextOf(scopes), { idempotencyKey: key(), name: newId(), trigger: { segmentEntered: { segmentId } }, nodes })
}

describe('sending', () => {
  it('needs campaigns:write and messages:write, a journey that sends nothing the first only', async () => {
    const { id } = await template(['campaigns:write'], 'a')
    await expect(journey(['campaigns:write'], id)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('messages:write'),
    })
    await expect(journey(['messages:write'], id)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await journey(['campaigns:write'])
    await journey(SENDER, id)
  })

  it('other words by a running journey needs messages:write as well', async () => {
    const { id } = await template(['campaigns:write'], 'b')
    await template(['campaigns:write'], 'b', 'a draft that no journey sends')
    await journey(SENDER, id)
    await expect(template(['campaigns:write'], 'b', 'other words')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const { id: templateId } = await template(SENDER, 'b', 'other words')
    expect(await contextOf().load.template.load(templateId)).toMatchObject({ id, version: 3 })
  })
})

const definition = { all: Array(20).fill({ any: Array(10).fill({ orders: {} }) }) }

describe('a condition of more than 200 clauses', () => {
  it('makes no segment, no preview and no journey, and the answer names the place', async () => {
    const wrong = (field: string) => ({ code: 'INVALID', fields: { [field]: 'has more than 200 clauses in all' } })
    await expect(segment(definition)).rejects.toMatchObject(wrong('definition'))
    await expect(previewSegment(contextOf(), definition)).rejects.toMatchObject(wrong('input'))
    const { id: segmentId } = await segment({ orders: {} })
    const nodes = [{ split: { id: 'split', condition: definition, next: 'end', otherwise: 'end' } }, { exit: { id: 'end' } }]
    const published = publishJourney(contextOf(), { idempotencyKey: key(), name: 'j', trigger: { segmentEntered: { segmentId } }, nodes })
    await expect(published).rejects.toMatchObject(wrong('nodes.0.split.condition'))
  })
})

describe('a segment that was stored before there were limits', () => {
  it('is set aside with its problem', async () => {
    const { id } = await segment({ orders: {} })
    await test.owner.query('UPDATE segments SET definition = $2 WHERE id = $1', [id, JSON.stringify(definition)])
    const swept = withTenant(test.db, tenant, (tx) => sweep(tx, new Date()))
    await expect(swept).rejects.toMatchObject({ segment: { id }, reason: { message: 'The condition has more than 200 clauses in all' } })
  })
})

describe('a coupon', () => {
  it('for a profile of another tenant, or of nobody, is not issued', async () => {
    const linked = (tenantId: string, profileId: string) =>
      deliver(test.db, 'campaign', handlers, [event(ProfileLinkedSchema, tenantId, { profileId, customerId: newId(), version: 1n })])
    const [own, foreign] = [newId(), newId()]
    await linked(tenant, own)
    await linked(newId(), foreign)
    const terms = {
      kind: 'AMOUNT_OFF' as const,
      currency: 'CNY',
      thresholdMinor: 0,
      amountMinor: 1,
      stock: 5,
      perCustomer: 1,
      validDays: 1,
    }
    const { id: templateId } = await createCouponTemplate(contextOf(), { idempotencyKey: key(), name: 'c', ...terms })
    const give = (profileId: string) => issueCoupon(contextOf(), { idempotencyKey: key(), templateId, profileId })
    for (const profileId of [foreign, newId()])
      await expect(give(profileId)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        fields: { profileId: expect.stringContaining('try again') },
      })
    expect(await contextOf().load.coupon.load((await give(own)).id)).toMatchObject({ profileId: own })
    expect((await test.owner.query('SELECT 1 FROM coupons WHERE tenant_id = $1', [tenant])).rowCount).toBe(1)
  })
})
