import { newId } from '@renmai/platform/serve/ids'
import { deliver, event } from '@renmai/platform/testing/events'
import { CustomersMergedSchema } from '@renmai/proto/identity/v1/events'
import { expect, it } from 'vitest'
import { engagementGraph } from '../../test/graph.ts'
import { handlers } from '../handlers.ts'

const seed = engagementGraph()

it('the id of a customer that was merged away leads to the survivor in filters and references', async () => {
  const [survivorId, absorbedId] = [newId(), newId()]
  const profile = await seed.meet(survivorId)
  await seed.order(profile, 1)
  await seed.touch(profile, '2026-03-01T00:00:00Z')
  const total = async (customerId: string) => {
    const filter = `filter: { customerId: "${customerId}" }`
    const { orders, touchpoints } = await seed.ask(
      `{ orders(${filter}) { totalCount } touchpoints(${filter}) { totalCount } messages(${filter}) { totalCount } }`,
    )
    const [reference] = await seed.ofCustomers([customerId], 'orders { totalCount } lastSeenAt')
    return [orders.totalCount, touchpoints.totalCount, reference.orders.totalCount, Boolean(reference.lastSeenAt)]
  }
  expect(await total(absorbedId)).toEqual([0, 0, 0, false])
  const decided = { decisionId: newId(), survivorId, absorbedId, version: 1n }
  await deliver(seed.test.db, 'engagement', handlers, [event(CustomersMergedSchema, seed.tenant, decided)])
  for (const id of [survivorId, absorbedId]) expect(await total(id)).toEqual([1, 1, 1, true])
  seed.tenant = newId()
  expect(await total(absorbedId)).toEqual([0, 0, 0, false])
})
