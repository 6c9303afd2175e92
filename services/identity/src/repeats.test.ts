import { newId } from '@renmai/platform/serve/ids'
import { buildSchema } from '@renmai/platform/serve/subgraph'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { key } from '@renmai/platform/testing/viewers'
import { graphql } from 'graphql'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { contextOf } from '../test/fixture.ts'
import { typeDefs } from './gen/typedefs.ts'
import { resolvers } from './resolvers.ts'
import { identity } from './service.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), identity)
})
afterAll(() => test.drop())

const schema = buildSchema([typeDefs], resolvers, { readsGlobalIds: false })
const tenant = newId()
/** One person, in requests with a viewer each. */
const staff = newId()
async function send(source: string): Promise<Record<string, Record<string, unknown>>> {
  const base = contextOf(test, tenant)
  const viewer = Object.assign(base.viewer, { id: staff })
  const { data, errors } = await graphql({ schema, source, contextValue: { ...base, viewer } })
  expect(errors).toBeUndefined()
  return data as never
}
const createClient = (idempotencyKey: string) =>
  send(`mutation { createApiClient(input: { idempotencyKey: "${idempotencyKey}", name: "shop", scopes: ["events:write"] }) {
    key client { id name version createdAt }
  } }`)
const rename = (clientId: string, name: string) =>
  `updateApiClient(input: { idempotencyKey: "${key()}", clientId: "${clientId}", name: "${name}" }) { client { name version } }`

describe('a repeated mutation', () => {
  it('returns the current state of what it created, in the same types, without the secret', async () => {
    const idempotencyKey = key()
    const { createApiClient: first } = await createClient(idempotencyKey)
    const { id } = first!.client as { id: string }
    expect((await createClient(idempotencyKey)).createApiClient).toEqual({ ...first, key: null })
    await send(`mutation { ${rename(id, 'till')} }`)
    const client = { ...(first!.client as object), name: 'till', version: 2 }
    expect((await createClient(idempotencyKey)).createApiClient).toEqual({ key: null, client })
    expect(first!.key).toEqual(expect.any(String))
  })

  it('returns null for an object that no longer exists', async () => {
    const create = (idempotencyKey: string) =>
      send(`mutation { createTagGroup(input: { idempotencyKey: "${idempotencyKey}", name: "levels" }) { group { name } } }`)
    const idempotencyKey = key()
    expect(await create(idempotencyKey)).toMatchObject({ createTagGroup: { group: { name: 'levels' } } })
    await test.owner.query('DELETE FROM tag_groups WHERE tenant_id = $1', [tenant])
    expect(await create(idempotencyKey)).toMatchObject({ createTagGroup: { group: null } })
  })

  it('stores no text of its input or its answer with the keys', async () => {
    const needles = ['张三丰', 'zhang@renmai.example', '手机号码']
    const [name, subject, label] = needles
    await send(
      `mutation { addStaff(input: { idempotencyKey: "${key()}", subject: "${subject}", name: "${name}", roles: [AGENT] }) { staff { name } } }`,
    )
    await send(`mutation { createAttributeField(input: { idempotencyKey: "${key()}", key: "phone_of", label: "${label}", kind: TEXT, sensitivity: NONE }) {
      field { label }
    } }`)
    const { rows } = await test.owner.query('SELECT * FROM idempotency_keys WHERE tenant_id = $1', [tenant])
    expect(rows.length).toBeGreaterThan(1)
    for (const needle of needles) expect(JSON.stringify(rows)).not.toContain(needle)
  })
})

describe('the second mutation of a document', () => {
  it('returns the state after its own change, not the state that the first has read', async () => {
    const { createApiClient } = await createClient(key())
    const { id } = createApiClient!.client as { id: string }
    const { one, two } = await send(`mutation { one: ${rename(id, 'one')} two: ${rename(id, 'two')} }`)
    expect([one, two]).toEqual([{ client: { name: 'one', version: 2 } }, { client: { name: 'two', version: 3 } }])
  })
})
