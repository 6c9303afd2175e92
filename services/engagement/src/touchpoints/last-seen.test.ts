import { withTenant } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { Cursors } from '@renmai/platform/serve/page'
import { buildSchema } from '@renmai/platform/serve/subgraph'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { deliver, event } from '@renmai/platform/testing/events'
import { testContext } from '@renmai/platform/testing/viewers'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { graphql } from 'graphql'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { typeDefs } from '../gen/typedefs.ts'
import { handlers } from '../handlers.ts'
import { createLoaders } from '../loaders.ts'
import { resolvers } from '../resolvers.ts'
import { engagement } from '../service.ts'
import { touchpoints } from './touchpoint.table.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), engagement)
})
afterAll(() => test.drop())

const tenantId = newId()
const schema = buildSchema([typeDefs], resolvers, { readsGlobalIds: false })
const link = (profileId: string, customerId: string, version: bigint) =>
  deliver(test.db, 'engagement', handlers, [event(ProfileLinkedSchema, tenantId, { profileId, customerId, version })])
const touch = (profileId: string, ...days: string[]) =>
  withTenant(test.db, tenantId, (tx) =>
    tx.insert(touchpoints).values(
      days.map((day) => ({
        tenantId,
        id: newId(),
        profileId,
        sourceId: newId(),
        messageId: newId(),
        identityKey: Buffer.from(profileId),
        type: 'page_view',
        channel: 'WEB',
        occurredAt: new Date(day),
      })),
    ),
  )
const seen = async (...ids: string[]) => {
  const base = testContext(test.db, tenantId)
  const representations = ids.map((id) => ({ __typename: 'Customer', id }))
  const source = 'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Customer { lastSeenAt } } }'
  const contextValue = { ...base, load: createLoaders({ ...base, cursors: new Cursors('c'.repeat(32)) }) }
  const { data, errors } = await graphql({ schema, source, contextValue, variableValues: { representations } })
  expect(errors).toBeUndefined()
  return (data!._entities as { lastSeenAt: Date | null }[]).map(
    ({ lastSeenAt }) => lastSeenAt && new Date(lastSeenAt).toISOString().slice(0, 10),
  )
}

it('Customer.lastSeenAt is the latest touchpoint of all profiles, also after a merge and after it is undone', async () => {
  const [p, q, a, b, nobody] = [newId(), newId(), newId(), newId(), newId()]
  await link(p, a, 1n)
  await link(q, b, 1n)
  await touch(p, '2026-03-02', '2026-03-05', '2026-03-01')
  await touch(q, '2026-04-01')
  expect(await seen(a, b, nobody)).toEqual(['2026-03-05', '2026-04-01', null])
  await link(q, a, 2n)
  expect(await seen(a, b)).toEqual(['2026-04-01', null])
  await link(q, b, 3n)
  expect(await seen(a, b)).toEqual(['2026-03-05', '2026-04-01'])
})
