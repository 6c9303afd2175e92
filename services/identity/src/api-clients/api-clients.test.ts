import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { digestSecret, readApiKey } from '@renmai/platform/secrets/api-key'
import { newId } from '@renmai/platform/serve/ids'
import { dumpTables, type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { key, testViewer } from '@renmai/platform/testing/viewers'
import {
  AuthenticateClientRequestSchema,
  type AuthenticateClientResponse,
  AuthenticateClientResponseSchema,
} from '@renmai/proto/identity/v1/identity_service'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { contextOf } from '../../test/fixture.ts'
import { identity } from '../service.ts'
import { isAllowedFrom } from './address.rules.ts'
import { authenticateClient } from './authenticate-client.ts'
import { createApiClient } from './create-api-client.ts'
import { revokeApiClient } from './revoke-api-client.ts'
import { finishApiKeyRotation, rotateApiKey } from './rotate-api-key.ts'
import { updateApiClient } from './update-api-client.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), identity)
})
afterAll(() => test.drop())

const tenant = newId()
async function ask(text: string, tenantId = tenant, address = '203.0.113.7'): Promise<AuthenticateClientResponse> {
  const { keyId, secret } = readApiKey(text)!
  const request = create(AuthenticateClientRequestSchema, { tenantId, keyId, secretDigest: digestSecret(secret), address })
  const reply = await authenticateClient(test.db, 'p'.repeat(32)).reply(toBinary(AuthenticateClientRequestSchema, request))
  return fromBinary(AuthenticateClientResponseSchema, reply)
}
const authenticate = async (text: string, tenantId = tenant) => (await ask(text, tenantId)).clientId
const outbox = async (type: string) =>
  (await test.owner.query<{ n: number }>('SELECT count(*)::int AS n FROM outbox WHERE type LIKE $1', [`%.${type}`])).rows[0]!.n

describe('an API client', () => {
  it('gets its key once; only a keyed hash of it is kept', async () => {
    const input = { idempotencyKey: key(), name: 'shop', scopes: ['events:write'] }
    const ctx = contextOf(test, tenant)
    const { key: text, ...client } = await createApiClient(ctx, input)
    expect(await authenticate(text!)).toBe(client.id)
    expect((await createApiClient(ctx, input)).key).toBeUndefined()
    const everything =
      JSON.stringify(await dumpTables(test)) + JSON.stringify((await test.owner.query('SELECT * FROM idempotency_keys')).rows)
    expect(everything).not.toContain(readApiKey(text!)!.secret)
  })

  it('is unknown with another secret, in another tenant, when it has expired and when it is revoked', async () => {
    const ctx = contextOf(test, tenant)
    const { key: text, ...client } = await createApiClient(ctx, { idempotencyKey: key(), name: 'a', scopes: ['events:write'] })
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

  it('is not changed by a caller that has read an older version', async () => {
    const ctx = contextOf(test, tenant)
    const { id: clientId } = await createApiClient(ctx, { idempotencyKey: key(), name: 'v', scopes: ['events:write'] })
    const client = (await ctx.load.apiClient.load(clientId))!
    const rename = (expectedVersion: number) => updateApiClient(ctx, { idempotencyKey: key(), clientId, name: 'w', expectedVersion })
    await rename(client.version)
    expect(await ctx.load.apiClient.load(clientId)).toMatchObject({ name: 'w', version: client.version + 1 })
    await expect(rename(client.version)).rejects.toMatchObject({
      code: 'CONFLICT',
      fields: { expectedVersion: expect.stringContaining(`version ${client.version + 1};`) },
    })
  })

  it('has two accepted keys during a rotation, and one after it', async () => {
    const ctx = contextOf(test, tenant)
    const { key: old, ...client } = await createApiClient(ctx, { idempotencyKey: key(), name: 'r', scopes: ['events:write'] })
    const clientId = client.id
    await expect(finishApiKeyRotation(ctx, { idempotencyKey: key(), clientId })).rejects.toMatchObject({ code: 'CONFLICT' })
    const input = { idempotencyKey: key(), clientId }
    const { key: next } = await rotateApiKey(ctx, input)
    expect((await rotateApiKey(ctx, input)).key).toBeUndefined()
    await expect(rotateApiKey(ctx, { idempotencyKey: key(), clientId })).rejects.toMatchObject({ code: 'CONFLICT' })
    expect([await authenticate(old!), await authenticate(next!)]).toEqual([clientId, clientId])
    const before = await outbox('ApiClientChanged')
    await finishApiKeyRotation(ctx, { idempotencyKey: key(), clientId })
    expect(await outbox('ApiClientChanged')).toBe(before + 1)
    expect(await ctx.load.apiClient.load(clientId)).toMatchObject({
      keyId: readApiKey(next!)!.keyId,
      nextKeyId: null,
      lastUsedAt: expect.any(Date),
    })
    expect([await authenticate(old!), await authenticate(next!)]).toEqual(['', clientId])
    await revokeApiClient(ctx, { idempotencyKey: key(), clientId })
    await expect(rotateApiKey(ctx, { idempotencyKey: key(), clientId })).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(rotateApiKey(contextOf(test, newId()), { idempotencyKey: key(), clientId })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('is accepted from the allowed addresses only, and a refusal is audited once a minute', async () => {
    const ctx = contextOf(test, tenant)
    const input = { idempotencyKey: key(), name: 'at home', scopes: ['events:write'], allowedAddresses: ['203.0.113.0/24'] }
    const { key: text, ...client } = await createApiClient(ctx, input)
    expect((await ask(text!)).clientId).toBe(client.id)
    const before = await outbox('ActionRecorded')
    for (let no = 0; no < 3; no++) expect(await ask(text!, tenant, '198.51.100.1')).toMatchObject({ clientId: '', isAddressRefused: true })
    expect(await outbox('ActionRecorded')).toBe(before + 1)
    const wrong = text!.slice(0, -8) + text!.slice(-8).replace(/./, (one) => (one === 'a' ? 'b' : 'a'))
    if (readApiKey(wrong)) expect((await ask(wrong, tenant, '198.51.100.1')).isAddressRefused).toBe(false)
    await updateApiClient(ctx, { idempotencyKey: key(), clientId: client.id, allowedAddresses: [], plan: 'PLUS' })
    expect(await ask(text!, tenant, '198.51.100.1')).toMatchObject({ clientId: client.id, plan: 'PLUS', isPartner: true })
    const refused = updateApiClient(ctx, { idempotencyKey: key(), clientId: client.id, allowedAddresses: ['300.1.1.1'] })
    await expect(refused).rejects.toMatchObject({ code: 'INVALID' })
  })

  it.each([
    [[], '198.51.100.1', true],
    [['198.51.100.1'], '198.51.100.1', true],
    [['198.51.100.1'], '198.51.100.2', false],
    [['198.51.100.0/30'], '::ffff:198.51.100.3', true],
    [['198.51.100.0/30'], '198.51.100.4', false],
    [['2001:db8::/32', '10.0.0.0/8'], '2001:db8:1::1', true],
    [['2001:db8::/32'], '2001:db9::1', false],
    [['2001:db8::/32'], 'nowhere', false],
  ])('allowed from %j comes from %s: %s', (allowed, address, expected) => expect(isAllowedFrom(allowed, address)).toBe(expected))

  it('gets other scopes and another end with the same key, but no scope that the caller does not hold', async () => {
    const ctx = contextOf(test, tenant)
    const { key: text, id: clientId } = await createApiClient(ctx, { idempotencyKey: key(), name: 's', scopes: ['personal:read'] })
    const poor = { ...ctx, viewer: testViewer(tenant, ['tenant:admin', 'events:write']) }
    const give = (scopes: string[]) => updateApiClient(poor, { idempotencyKey: key(), clientId, scopes })
    await give(['personal:read', 'events:write'])
    expect((await ask(text!)).scopes).toEqual(['personal:read', 'events:write'])
    await expect(give(['personal:read', 'orders:read'])).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await give(['events:write'])
    await expect(give(['events:write', 'personal:read'])).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(give(['events:write', 'no:such'])).rejects.toMatchObject({ code: 'INVALID' })
    const end = (expiresAt: Date) => updateApiClient(poor, { idempotencyKey: key(), clientId, expiresAt })
    await end(new Date(Date.now() - 1_000))
    expect(await authenticate(text!)).toBe('')
    await end(new Date(Date.now() + 60_000))
    expect((await ask(text!)).scopes).toEqual(['events:write'])
  })

  it('gets no scope that its creator does not have', async () => {
    const ctx = { ...contextOf(test, tenant), viewer: testViewer(tenant, ['tenant:admin']) }
    await expect(createApiClient(ctx, { idempotencyKey: key(), name: 'x', scopes: ['personal:read'] })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
  })
})
