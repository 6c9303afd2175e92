import { newId } from '@renmai/platform/serve/ids'
import { deliver } from '@renmai/platform/testing/events'
import { SegmentEnteredSchema } from '@renmai/proto/campaign/v1/events'
import { beforeEach, expect, it } from 'vitest'
import { campaignSeed, type Person } from '../../test/seed.ts'
import { handlers } from '../handlers.ts'

const seed = campaignSeed()

let [ann, bob]: [Person, Person] = [] as never
let buyers: string
beforeEach(async () => {
  ;[ann, bob] = [await seed.meet(), await seed.meet()]
  buyers = (await seed.segment({ orders: { minNet: { amount: '50', currency: 'CNY' } } })).id
  await seed.evaluate()
})
const members = async () => {
  await seed.evaluate()
  return (await seed.members(buyers)).map((id) => (id === ann.customerId ? 'ann' : 'bob'))
}
const document = (person: Person, parentOrderKey: string) =>
  seed.order(person, { isRefundDocument: true, parentOrderKey, totalMinor: 0n, paidAt: undefined, refundedMinor: 6_000n })

it('an order that changes its buyer is taken from one and given to the other', async () => {
  const orderId = newId()
  await seed.hear(seed.order(ann, { orderId }))
  expect(await members()).toEqual(['ann'])
  await seed.hear(seed.order(bob, { orderId, version: 2n }))
  expect(await members()).toEqual(['bob'])
})

it('a refund document is taken off the buyer of its parent, also when it names another one', async () => {
  await seed.hear(seed.order(ann, { orderKey: 'A' }))
  expect(await members()).toEqual(['ann'])
  await seed.hear(document({ ...ann, profileId: '' }, 'A'))
  expect(await members()).toEqual([])
})

it('a refund document that comes before its parent is taken off its own buyer only until then', async () => {
  await seed.hear(seed.order(bob), document(bob, 'A'))
  expect(await members()).toEqual([])
  await seed.hear(seed.order(ann, { orderKey: 'A' }))
  expect(await members()).toEqual(['bob'])
})

it('an order that is sent again to its projection changes no membership, enters no journey and uses no coupon', async () => {
  const { id } = await seed.couponTemplate()
  const { code } = await seed.grant(id, ann.profileId)
  const paid = () => seed.order(ann, { orderId, couponCodes: [code] })
  const orderId = newId()
  await seed.hear(paid())
  expect(await members()).toEqual(['ann'])
  const told = async () => (await seed.test.owner.query('SELECT type FROM outbox WHERE tenant_id = $1 ORDER BY id', [seed.tenant])).rows
  const before = await told()
  expect(before).toContainEqual({ type: SegmentEnteredSchema.typeName })
  const projections = handlers.filter(({ isState }) => isState)
  await deliver(seed.test.db, 'campaign', projections, [paid()])
  expect(await members()).toEqual(['ann'])
  expect(await told()).toEqual(before)
  // The first time that an order is known, it counts: also when it comes as earlier state.
  await deliver(seed.test.db, 'campaign', projections, [seed.order(bob, { couponCodes: [(await seed.grant(id, bob.profileId)).code] })])
  expect(await members()).toHaveLength(2)
  expect((await seed.test.owner.query(`SELECT state FROM coupons WHERE tenant_id = $1 ORDER BY id`, [seed.tenant])).rows).toEqual([
    { state: 'USED' },
    { state: 'ISSUED' },
  ])
})
