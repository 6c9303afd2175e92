import { withTenant } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { deliver, shuffle, type TestEvent } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { OrderStatus } from '@renmai/proto/engagement/v1/events'
import { expect, it } from 'vitest'
import { at, campaignSeed, type Person } from '../../test/seed.ts'
import { handlers } from '../handlers.ts'

const seed = campaignSeed()

/** A person with a coupon, the paid order of 100 yuan that names it, and documents that refund parts of it. */
async function bought() {
  const person = await seed.meet()
  const { id, code } = await seed.grant((await seed.couponTemplate()).id, person.profileId)
  const orderKey = newId()
  const order = (change: object = {}) => seed.order(person, { orderId: orderKey, orderKey, couponCodes: [code], ...change })
  const document = (refundedMinor: bigint, change: object = {}, by: Person = person) => {
    const refund = {
      isRefundDocument: true,
      parentOrderKey: orderKey,
      totalMinor: 0n,
      refundedMinor,
      paidAt: undefined,
      refundedAt: at(12),
    }
    return seed.order(by, { status: OrderStatus.REFUNDED, orderKey: newId(), ...refund, ...change })
  }
  return { id, code, person, order, document, state: async () => (await seed.couponOf({ id })).state }
}

/** Delivers to one consumer after the other, as if the others were behind. */
const hearApart = async (steps: readonly (readonly [consumer: string, event: TestEvent])[]) => {
  for (const [consumer, event] of steps)
    await deliver(
      seed.test.db,
      'campaign',
      handlers.filter(({ name }) => name === consumer),
      [event],
    )
}

it.each([1, 2, 3, 4, 5, 6, 7, 8])('documents that add up to the total return the coupon, in whatever order they come (%i)', async (no) => {
  const { order, document, state } = await bought()
  const events = [order(), document(6_000n), document(4_000n)]
  const steps = events.flatMap((event) => ['keep-orders', 'redeem-coupons'].map((consumer) => [consumer, event] as const))
  await hearApart(shuffle(steps, no * 7_919))
  expect(await state()).toBe('RETURNED')
  await hearApart(steps)
  expect(await state()).toBe('RETURNED')
})

it('the last document waits for an order that is using the coupon at that moment', async () => {
  const { order, document, state } = await bought()
  const [paid, refunded] = [order(), document(10_000n)]
  await hearApart([['keep-orders', paid]])
  const redeeming = handlers.find(({ name }) => name === 'redeem-coupons')!
  const last = Promise.withResolvers<void>()
  await withTenant(seed.test.db, seed.tenant, async (tx) => {
    await redeeming.handle(tx, [redeeming.decode(paid)])
    hearApart([['keep-orders', refunded]]).then(last.resolve, last.reject)
    const waiting = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
    await eventually(async () => expect((await seed.test.owner.query(waiting)).rowCount).toBe(1))
  })
  await last.promise
  expect(await state()).toBe('RETURNED')
})

it('less than the total, another currency, another shop or an unfinished refund returns nothing', async () => {
  const { order, document, state } = await bought()
  await seed.hear(order(), document(9_999n), document(1n, { currency: 'USD' }), document(1n, { shopId: 'other' }))
  const requested = [{ refundNo: 'R', state: 1, amountMinor: 1n, at: at(12), lines: [] }]
  await seed.hear(document(1n, { refunds: requested }))
  expect(await state()).toBe('USED')
  await seed.hear(order({ version: 2n, refundedMinor: 1n }))
  expect(await state()).toBe('RETURNED')
})

it('an order without a known buyer gives its coupon back as well', async () => {
  const { order, document, state, person } = await bought()
  await seed.hear(order({ profileId: '' }), document(10_000n, {}, { ...person, profileId: '' }))
  expect(await state()).toBe('RETURNED')
})

it('a coupon that was returned and used again by another order stays used, however often the documents come', async () => {
  const { id, code, order, document, person, state } = await bought()
  const all = document(10_000n, { orderId: newId() })
  await seed.hear(order(), all)
  const next = newId()
  await seed.hear(seed.order(person, { orderId: next, orderKey: 'N', couponCodes: [code] }), document(10_000n), order({ version: 2n }))
  expect([await state(), (await seed.couponOf({ id })).orderId]).toEqual(['USED', next])
})

it('a coupon that had expired when the last document refunded the order stays used', async () => {
  const { order, document, state } = await bought()
  await seed.hear(order(), document(10_000n, { refundedAt: { seconds: 4_000_000_000n, nanos: 0 } }))
  expect(await state()).toBe('USED')
})
