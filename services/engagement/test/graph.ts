import { withTenant } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { newId } from '@renmai/platform/serve/ids'
import { Cursors } from '@renmai/platform/serve/page'
import { buildSchema } from '@renmai/platform/serve/subgraph'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { deliver, event } from '@renmai/platform/testing/events'
import { ALL_SCOPES, testContext, testViewer } from '@renmai/platform/testing/viewers'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { graphql } from 'graphql'
import { afterAll, beforeAll, beforeEach, expect, inject } from 'vitest'
import type { Deps } from '../src/context.ts'
import { typeDefs } from '../src/gen/typedefs.ts'
import { handlers } from '../src/handlers.ts'
import { createLoaders } from '../src/loaders.ts'
import { storeOrders } from '../src/orders/store-orders.ts'
import { resolvers } from '../src/resolvers.ts'
import { engagement } from '../src/service.ts'
import type { TouchpointDetailsRow } from '../src/touchpoints/read-details.ts'
import { touchpoints } from '../src/touchpoints/touchpoint.table.ts'
import { KEY_RING } from './deps.ts'
import { type OrderChange, orderAt } from './fixture.ts'

const schema = buildSchema([typeDefs], resolvers)

/** The schema of engagement over a database of the calling test file; each test has a tenant of its own. */
export function engagementGraph() {
  let test: TestDatabase
  const state = {
    tenant: '',
    get test() {
      return test
    },
  }
  beforeAll(async () => {
    test = await testDatabase(inject('postgresUrl'), engagement)
  })
  beforeEach(() => {
    state.tenant = newId()
  })
  afterAll(() => test.drop())

  const inTenant = <T>(work: Parameters<typeof withTenant<T>>[2]) => withTenant(test.db, state.tenant, work)

  async function run(source: string, variableValues: Record<string, unknown> = {}, scopes: readonly string[] = ALL_SCOPES) {
    const base = { ...testContext(test.db, state.tenant), viewer: testViewer(state.tenant, scopes), cursors: new Cursors('c'.repeat(32)) }
    const contextValue = { ...base, keyRing: KEY_RING, load: createLoaders(base) }
    return JSON.parse(JSON.stringify(await graphql({ schema, source, contextValue, variableValues }))) as {
      // oxlint-disable-next-line typescript/no-explicit-any -- tests read fields of many types
      data?: any
      errors?: { message: string; extensions?: { code?: string } }[]
    }
  }
  async function ask(...given: Parameters<typeof run>) {
    const { data, errors } = await run(...given)
    expect(errors).toBeUndefined()
    return data
  }
  /** Fields of customers, as the gateway requests them. */
  async function ofCustomers(
    ids: string[],
    fields: string,
    variables = {},
    [types = '', scopes = ALL_SCOPES] = ['', ALL_SCOPES] as [string?, (readonly string[])?],
  ) {
    const representations = ids.map((id) => ({ __typename: 'Customer', id }))
    const source = `query ($representations: [_Any!]! ${types}) { _entities(representations: $representations) { ... on Customer { ${fields} } } }`
    return (await ask(source, { ...variables, representations }, scopes))._entities
  }

  let version = 0n
  const link = (profileId: string, customerId: string) =>
    deliver(test.db, 'engagement', handlers, [event(ProfileLinkedSchema, state.tenant, { profileId, customerId, version: ++version })])
  /** @returns a profile of the customer */
  async function meet(customerId = newId()): Promise<string> {
    const profileId = newId()
    await link(profileId, customerId)
    return profileId
  }
  const order = (profileId: string | undefined, no: number, change: OrderChange = {}) =>
    inTenant((tx) =>
      storeOrders(tx, { keyRing: KEY_RING, now: () => new Date() } as Deps, [
        { order: orderAt(no, { orderNo: `E${no}`, ...change }), profileId },
      ]),
    )
  async function touch(
    profileId: string | null,
    at: string,
    { type = 'page_view', channel = 'WEB', details = null as TouchpointDetailsRow | null } = {},
  ): Promise<string> {
    const id = newId()
    const row = {
      sourceId: newId(),
      messageId: id,
      identityKey: Buffer.from(id),
      occurredAt: new Date(at),
      referenceId: null,
      properties: null,
      details,
    }
    await inTenant((tx) => insertRows(tx, touchpoints, [{ id, profileId, type, channel, ...row }]))
    return id
  }
  return Object.assign(state, { inTenant, run, ask, ofCustomers, link, meet, order, touch })
}
