import { newId } from '@renmai/platform/serve/ids'
import { event } from '@renmai/platform/testing/events'
import { CustomerSplitSchema, CustomersMergedSchema } from '@renmai/proto/identity/v1/events'
import { expect, it } from 'vitest'
import { analyticsSeed } from '../../test/seed.ts'
import { rfmResolvers } from '../rfm/rfm.resolvers.ts'

const seed = analyticsSeed()

it('a reference to a customer that was merged away is one to the survivor, until the merge is undone', async () => {
  const [survivorId, absorbedId] = [newId(), newId()]
  const follow = () => rfmResolvers.Customer.__resolveReference({ __typename: 'Customer', id: absorbedId }, seed.contextOf())
  await seed.hear(event(CustomersMergedSchema, seed.tenant, { decisionId: newId(), survivorId, absorbedId, version: 1n }))
  expect(await follow()).toEqual({ id: survivorId })
  await seed.hear(event(CustomerSplitSchema, seed.tenant, { decisionId: newId(), survivorId, restoredId: absorbedId, version: 2n }))
  expect(await follow()).toEqual({ id: absorbedId })
})
