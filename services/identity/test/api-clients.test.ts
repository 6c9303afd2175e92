import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { digestSecret, readApiKey } from '@renmai/platform/api-key'
import { newId } from '@renmai/platform/ids'
import { dumpTables, type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { key, testViewer } from '@renmai/platform/testing/viewers'
import { AuthenticateClientRequestSchema, AuthenticateClientResponseSchema } from '@renmai/proto/identity/v1/identity_service'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { answerAuthenticateClient } from '../src/api-clients/authenticate-client.ts'
import { createApiClient } from '../src/api-clients/create-api-client.ts'
import { revokeApiClient } from '../src/api-clients/revoke-api-client.ts'
import { identity } from '../src/service.ts'
import { contextOf } from './fixture.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), identity)
})
afterAll(() => test.drop())

const tenant = newId()
async function authenticate(text: string, tenantId = tenant): Promise<string> {
  const { keyId, secret } = readApiKey(text)!
  const request = create(AuthenticateClientRequestSchema, { tenantId, keyId, secretDigest: digestSecret(secret) })
  const reply = await answerAuthenticateClient(test.db, 'p'.repeat(32)).reply(toBinary(AuthenticateClientRequestSchema, request))
  return fromBinary(AuthenticateClientResponseSchema, reply).clientId
}

describe('an API client', () => {
  it('gets its key once; only a keyed hash of it is kept', async () => {
    const input = { idempotencyKey: key(), name: 'shop', scopes: ['events:write'] }
    const ctx = contextOf(test, tenant)
    const { client, key: text } = await createApiClient(ctx, input)
    expect(await authenticate(text!)).toBe(client.id)
    expect((await createApiClient(ctx, input)).key).toBeNull()
    const everything =
      JSON.stringify(await dumpTables(test)) + JSON.stringify((await test.owner.query('SELECT * FROM idempotency_keys')).rows)
    expect(everything).not.toContain(readApiKey(text!)!.secret)
  })

  it('is unknown with another secret, in another tenant, when it has expired and when it is revoked', async () => {
    const ctx = contextOf(test, tenant)
    const { client, key: text } = await createApiClient(ctx, { idempotencyKey: key(), name: 'a', scopes: ['events:write'] })
    const { key: other } = await createApiClient(ctx, {
      idempotencyKey: key(),
      name: 'b',
      scopes: ['events:write'],
      expiresAt: new Date(Date.now() - 1_000),
    })
    expect(await authenticate(other!)).toBe('')
    expect(await authenticate(text!, newId())).toBe('')
    await revokeApiClient(ctx, { idempotencyKey: key(), clientId: client.id })
    expect(await authenticate(text!)).toBe('')
  })

  it('gets no scope that its creator does not have', async () => {
    const ctx = { ...contextOf(test, tenant), viewer: testViewer(tenant, ['tenant:admin']) }
    await expect(createApiClient(ctx, { idempotencyKey: key(), name: 'x', scopes: ['personal:read'] })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
  })
})
