import { key } from '@renmai/platform/testing/viewers'
import { expect, it } from 'vitest'
import { identitySeed } from '../../test/seed.ts'
import { stateOf } from './api-client.rules.ts'
import { createApiClient } from './create-api-client.ts'
import { listApiClients } from './list-api-clients.ts'
import { revokeApiClient } from './revoke-api-client.ts'

const seed = identitySeed()

it('the list of API clients is filtered by state, kind and name, and shows the same state', async () => {
  const add = async (name: string, more: object = {}) =>
    (await createApiClient(seed.context(), { idempotencyKey: key(), name, scopes: ['events:write'], ...more })).id
  const [past, future] = [-1_000, 60_000].map((ms) => new Date(Date.now() + ms))
  const revoked = await add('d', { expiresAt: past })
  for (const [name, more] of Object.entries({ c: { expiresAt: past }, b: { expiresAt: future, kind: 'OWN' }, a: {} })) await add(name, more)
  await revokeApiClient(seed.context(), { idempotencyKey: key(), clientId: revoked })
  const list = async (args: Parameters<typeof listApiClients>[1]) => (await listApiClients(seed.context(), args)).nodes
  const names = async (filter: object) => (await list({ filter, orderBy: { field: 'NAME' } })).map(({ name }) => name).join('')
  expect([await names({}), await names({ kind: 'OWN' }), await names({ nameContains: 'A' })]).toEqual(['abcd', 'b', 'a'])
  for (const [state, wanted] of Object.entries({ ACTIVE: 'ab', EXPIRED: 'c', REVOKED: 'd' })) {
    expect(await names({ state }), state).toBe(wanted)
    expect((await list({})).filter((one) => stateOf(one, new Date()) === state)).toHaveLength(wanted.length)
  }
})
