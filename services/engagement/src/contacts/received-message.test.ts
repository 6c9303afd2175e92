import { randomBytes } from 'node:crypto'
import { withTenant } from '@renmai/platform/db/db'
import { parseKeyRing } from '@renmai/platform/secrets/crypto'
import { newId } from '@renmai/platform/serve/ids'
import { Cursors } from '@renmai/platform/serve/page'
import { buildSchema } from '@renmai/platform/serve/subgraph'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { ALL_SCOPES, testContext, testViewer } from '@renmai/platform/testing/viewers'
import { execute, parse } from 'graphql'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type { Person } from '../connectors/incoming.ts'
import type { Deps } from '../context.ts'
import { typeDefs } from '../gen/typedefs.ts'
import { createLoaders } from '../loaders.ts'
import { resolvers } from '../resolvers.ts'
import { engagement } from '../service.ts'
import { keyWeeks } from '../touchpoints/touchpoint.ts'
import { recordMessage } from './record-message.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), engagement)
})
afterAll(() => test.drop())

const keyRing = parseKeyRing(JSON.stringify({ current: 1, keys: { 1: randomBytes(32).toString('base64') } }))
const schema = buildSchema([typeDefs], resolvers)
const document = parse('subscription { messageReceived { id channel text receivedAt customer { id } } }')
const [tenant, stranger, profileId, customerId, accountId] = [newId(), newId(), newId(), newId(), newId()]

async function receive(type: string): Promise<string> {
  const message = {
    kind: 'MESSAGE_RECEIVED',
    channel: 'WECOM',
    person: { source: 'wecom:c', externalId: 'u', identifiers: [] as Person['identifiers'], displayName: '' },
    messageId: newId(),
    type,
    text: '在吗',
    at: new Date('2026-06-15T04:00:00Z'),
  } as const
  await withTenant(test.db, tenant, (tx) =>
    recordMessage(tx, { keyRing } as Deps, message, {
      account: { id: accountId, kind: 'WECOM' },
      profileId,
      identityKey: Buffer.alloc(0),
      receivedAt: message.at,
      weeks: keyWeeks(message.at, 7),
    }),
  )
  const { rows } = await test.owner.query<{ id: string }>('SELECT id FROM inbound_messages WHERE external_message_id = $1', [
    message.messageId,
  ])
  return rows[0]!.id
}
async function tell(messageId: string, tenantId = tenant, scopes: readonly string[] = ALL_SCOPES) {
  const base = { ...testContext(test.db, tenantId), viewer: testViewer(tenantId, scopes), cursors: new Cursors('c'.repeat(32)) }
  const contextValue = { ...base, keyRing, load: createLoaders(base) }
  return execute({
    schema,
    document,
    rootValue: { type: 'renmai.engagement.v1.MessageReceived', messageId, channel: 'WECOM' },
    contextValue,
  })
}

it('a message of a person is sent with text and customer, to viewers of its tenant with the scopes for it', async () => {
  await test.owner.query('INSERT INTO profile_customers (tenant_id, profile_id, customer_id, version) VALUES ($1, $2, $3, 1)', [
    tenant,
    profileId,
    customerId,
  ])
  await test.owner.query(
    "INSERT INTO channel_accounts (tenant_id, id, kind, name, external_id, credentials) VALUES ($1, $2, 'WECOM', 'w', 'c', '')",
    [tenant, accountId],
  )
  const id = await receive('text')
  const told = { id, channel: 'WECOM', receivedAt: '2026-06-15T04:00:00.000Z', text: '在吗', customer: { id: customerId } }
  expect((await tell(id)).data).toEqual({ messageReceived: told })
  expect((await tell(await receive('image'))).data?.messageReceived).toMatchObject({ text: null })
  expect((await tell(id, stranger)).data).toEqual({ messageReceived: null })
  const { data, errors } = await tell(id, tenant, ['messages:read'])
  expect([data?.messageReceived, errors?.[0]?.path]).toMatchObject([{ text: null }, ['messageReceived', 'text']])
  expect((await tell(id, tenant, [])).data).toEqual({ messageReceived: null })
})
