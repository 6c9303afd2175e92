import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { getIntrospectionQuery } from 'graphql'
import { request } from 'undici'
import { describe, expect, it } from 'vitest'
import { CreateTagGroupDocument, createRenmai, NodeDocument, TagGroupsDocument } from '../../gateway/sdk/src/index.ts'
import { ROOT } from '../stack/paths.ts'
import { codes, key, wholeSeed } from './whole-seed.ts'

const seed = wholeSeed()

describe('the endpoint', () => {
  it.each([
    ['no credential', undefined],
    ['a wrong key', 'Bearer rm_live_0199f00000007000800000000000000a_abcdefghijkl_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_00000000'],
    ['an unsigned token', `Bearer ${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.e30.`],
    ['two tokens', 'Bearer a, Bearer b'],
    ['another scheme', 'Basic YTpi'],
  ])('lets nobody in with %s', async (_what, authorization) => {
    const answer = await request(seed.whole.client.endpoints.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
      body: '{"query":"{ __typename }"}',
    })
    expect(answer.statusCode).toBe(401)
    expect(((await answer.body.json()) as { errors: { extensions: { code: string } }[] }).errors[0]!.extensions.code).toBe(
      'UNAUTHENTICATED',
    )
  })

  it.each([
    ['a batch', [{ query: '{ tenant { id } }' }]],
    ['no query', {}],
    ['a query that is an object', { query: {} }],
    ['variables that are a list', { query: '{ tenant { id } }', variables: [] }],
    ['a syntax error', { query: '{' }],
    ['an unknown field', { query: '{ nothing }' }],
    ['two operations without a name', { query: 'query A { tenant { id } } query B { tenant { id } }' }],
    ['entities from outside', { query: '{ _entities(representations: []) { __typename } }' }],
    ['NUL in a variable', { query: 'query C($id: ID!) { customer(id: $id) { id } }', variables: { id: 'a\u0000' } }],
    ['half a surrogate pair', { query: 'query C($id: ID!) { customer(id: $id) { id } }', variables: { id: '\ud800' } }],
    [
      'variables nested 1,000 deep',
      { query: '{ tenant { id } }', variables: { a: Array.from({ length: 1_000 }).reduce<unknown>((inner) => [inner], 1) } },
    ],
    ['300 aliases', { query: `{ ${Array.from({ length: 300 }, (_, no) => `a${no}: __typename`).join(' ')} }` }],
    ['21 root fields', { query: `{ ${Array.from({ length: 21 }, (_, no) => `a${no}: tenant { id }`).join(' ')} }` }],
    [
      '6 mutations',
      {
        query: `mutation { ${Array.from({ length: 6 }, (_, no) => `a${no}: signAuditCheckpoint(input: { idempotencyKey: "12345678" }) { checkpoint { seq } }`).join(' ')} }`,
      },
    ],
    ['2,001 tokens', { query: `{ tenant { ${'id '.repeat(2_100)} } }` }],
    ['circular fragments', { query: '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }' }],
    [
      'a day that does not exist',
      { query: 'query K($d: Date!) { kpis(from: $d, to: $d) { isComplete } }', variables: { d: '2024-02-30' } },
    ],
  ])('answers %s with 400 or a coded error, never 500', async (_what, body) => {
    const answer = await seed.post(body)
    expect(answer.status).toBeLessThan(500)
    expect(codes(answer)).toMatch(/INVALID|BAD_USER_INPUT|BAD_REQUEST|GRAPHQL_|UNDEFINED/)
  })

  it('marks an answer that it had given before', async () => {
    const input = { idempotencyKey: key(), name: newId().slice(-12) }
    const create = () => seed.ask('mutation G($input: CreateTagGroupInput!) { createTagGroup(input: $input) { group { id } } }', { input })
    const [first, again] = [await create(), await create()]
    expect(again.body.data).toEqual(first.body.data)
    expect([first, again].map(({ body }) => body.extensions?.idempotentReplay)).toEqual([undefined, true])
  })

  it('refuses the small document that would cost seconds to execute', async () => {
    const fragments = Array.from(
      { length: 18 },
      (_, no) => `fragment f${no} on Customer { a: profiles { nodes { id } } ...f${no + 1} b: tags { nodes { id } } ...f${no + 1} }`,
    ).join(' ')
    const answer = await seed.ask(`{ customers(first: 1) { nodes { ...f0 ...f0 } } } ${fragments} fragment f18 on Customer { id }`)
    expect(answer.status).toBe(400)
  })

  it('gives no hint of what exists, and answers bad JSON in JSON', async () => {
    expect((await seed.ask('{ tenan { id } }')).body.errors?.[0]?.message).not.toMatch(/did you mean/i)
    expect(await seed.post('{"query":', {}, true)).toMatchObject({ status: 400 })
    expect(await seed.post(JSON.stringify({ query: `{ tenant { id } } # ${'x'.repeat(300_000)}` }), {}, true)).toMatchObject({
      status: 413,
    })
  })

  it('gives a partner what their key allows and nothing more', async () => {
    const headers = { authorization: `Bearer ${await seed.createKey(['customers:read'])}` }
    expect((await seed.ask('{ customers(first: 1) { totalCount } }', {}, headers)).body.data).not.toBeNull()
    expect(codes(await seed.ask('{ auditEntries { nodes { seq } } }', {}, headers))).toBe('UNAUTHORIZED_FIELD_OR_TYPE')
    const { body } = await seed.ask('{ customers(first: 1) { nodes { id orders { nodes { id } } } } orders { totalCount } }', {}, headers)
    expect(body.errors?.map(({ path, extensions: { code } }) => [path?.join('.'), code])).toEqual([
      ['customers.nodes.@.orders', 'UNAUTHORIZED_FIELD_OR_TYPE'],
      ['orders', 'UNAUTHORIZED_FIELD_OR_TYPE'],
    ])
  })

  it('shows a partner the public schema and nothing else, and lets no partner query more', async () => {
    const { client, key: secret } = await seed.createClient(['customers:read', 'tenant:admin', 'audit:read'], 'PARTNER')
    const headers = { authorization: `Bearer ${secret}` }
    const publicly = (query: string) => seed.post({ query }, headers, false, seed.whole.client.endpoints.publicGraphql)
    expect((await publicly('{ customers(first: 1) { totalCount } }')).body.data).toMatchObject({
      customers: { totalCount: expect.any(Number) },
    })
    expect(await seed.post({ query: '{ tenant { id } }' }, headers)).toMatchObject({ status: 403 })
    const { body } = await publicly(getIntrospectionQuery())
    const text = JSON.stringify(body.data)
    expect(text).toContain('"Customer"')
    for (const hidden of ['"Staff"', 'apiClients', 'AuditEntry', '_entities', '_service', 'ConnectWecom'])
      expect(text).not.toContain(hidden)
    for (const query of ['{ staff { nodes { id } } }', '{ _entities(representations: []) { __typename } }', '{ staf { id } }']) {
      const refused = await publicly(query)
      expect([refused.status, refused.body.errors?.[0]?.message]).toEqual([400, expect.not.stringMatching(/did you mean/i)])
    }
    expect((await publicly('{ __type(name: "Staff") { name } }')).body.data).toEqual({ __type: null })
    await seed.whole.client.query('mutation R($input: RevokeApiClientInput!) { revokeApiClient(input: $input) { client { id } } }', {
      input: { idempotencyKey: key(), clientId: client.id },
    })
    // The gateway remembers a key for 30 seconds. It forgets this one immediately, since identity publishes the revocation.
    await eventually(async () => expect((await publicly('{ customers(first: 1) { totalCount } }')).status).toBe(401))
  })

  it('serves partners with types: the SDK against the platform', async () => {
    const { key: credential } = await seed.createClient(['customers:read', 'customers:write'], 'PARTNER')
    const renmai = createRenmai({ endpoint: seed.whole.client.endpoints.publicGraphql, credential })
    const name = newId().slice(-12)
    const { createTagGroup } = await renmai.request(CreateTagGroupDocument, { input: { name } })
    expect(
      (await renmai.request(TagGroupsDocument, { last: 1, orderBy: { field: 'CREATED_AT', direction: 'ASC' } })).tagGroups.nodes,
    ).toMatchObject([{ id: createTagGroup.group!.id, name }])
    expect(await renmai.request(NodeDocument, { id: createTagGroup.group!.id })).toMatchObject({ node: { id: createTagGroup.group!.id } })
    await expect(renmai.request(CreateTagGroupDocument, { input: { name: 'x'.repeat(99) } })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    })
  })

  it('gives partners access tokens for their key: for no more than they may have, and no longer', async () => {
    const { client, key: secret } = await seed.createClient(['customers:read', 'orders:read'], 'PARTNER')
    const { publicGraphql } = seed.whole.client.endpoints
    const tokenFor = async (scope?: string, [id, password] = [secret.split('_')[3]!, secret]) => {
      const answer = await request(new URL('/oauth/token', publicGraphql), {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`,
        },
        body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope ? { scope } : {}) }).toString(),
      })
      return { status: answer.statusCode, ...((await answer.body.json()) as { access_token?: string; scope?: string; error?: string }) }
    }
    const publicly = (query: string, token: string | undefined) =>
      seed.post({ query }, { authorization: `Bearer ${token}` }, false, publicGraphql)
    const [whole_, narrow] = [await tokenFor(), await tokenFor('customers:read audit:read')]
    expect([whole_.status, narrow]).toMatchObject([200, { scope: 'customers:read' }])
    expect(
      (await publicly('{ orders { totalCount } customers(first: 1) { totalCount } }', whole_.access_token)).body.errors,
    ).toBeUndefined()
    expect(codes(await publicly('{ customers(first: 1) { totalCount } orders { totalCount } }', narrow.access_token))).toBe(
      'UNAUTHORIZED_FIELD_OR_TYPE',
    )
    expect(await seed.post({ query: '{ tenant { id } }' }, { authorization: `Bearer ${whole_.access_token}` })).toMatchObject({
      status: 403,
    })
    for (const wrong of [
      ['aaaaaaaaaaaa', secret],
      [secret.split('_')[3]!, `${secret.slice(0, -1)}x`],
      ['nobody', 'x'],
    ] as [string, string][])
      expect(await tokenFor(undefined, wrong)).toMatchObject({ status: 401, error: 'invalid_client' })
    await seed.whole.client.query('mutation R($input: RevokeApiClientInput!) { revokeApiClient(input: $input) { client { id } } }', {
      input: { idempotencyKey: key(), clientId: client.id },
    })
    await eventually(async () => expect((await publicly('{ customers(first: 1) { totalCount } }', whole_.access_token)).status).toBe(401))
    expect(await tokenFor()).toMatchObject({ status: 401 })
  })

  it('answers published documents by their hash; a manifest is published by the command', async () => {
    const body = 'query Mine { tenant { name } }'
    const hash = createHash('sha256').update(body).digest('hex')
    const manifest = `${seed.whole.folder}/manifest.json`
    writeFileSync(
      manifest,
      JSON.stringify({ format: 'apollo-persisted-query-manifest', operations: [{ id: hash, name: 'Mine', type: 'query', body }] }),
    )
    const command = ['scripts/renmai.ts', 'publish-documents', manifest, '--endpoint', seed.whole.client.endpoints.graphql]
    const RENMAI_API_KEY = await seed.createKey(['documents:write'])
    const run = () => promisify(execFile)(process.execPath, command, { cwd: ROOT, env: { ...process.env, RENMAI_API_KEY } })
    expect((await seed.post({ documentId: `sha256:${hash}` })).body.errors?.[0]?.extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND')
    expect((await run()).stdout).toBe('1 documents are trusted now, 0 were already\n')
    expect((await seed.post({ documentId: `sha256:${hash}` })).body.data).toEqual({ tenant: { name: expect.any(String) } })
    const weak = promisify(execFile)(process.execPath, command, {
      cwd: ROOT,
      env: { ...process.env, RENMAI_API_KEY: await seed.createKey(['customers:read']) },
    })
    await expect(weak).rejects.toThrow(/documents:write/)
  })

  it('sends nothing about itself to its vendor: telemetry is off', async () => {
    const script =
      "import './gateway/src/supergraph/disable-telemetry.ts'; const { ApolloGateway } = await import('@apollo/gateway'); const calls = []; globalThis.fetch = (...a) => { calls.push(String(a[0])); return Promise.reject(new Error('no')) }; new ApolloGateway({ supergraphSdl: async () => ({}) }); await new Promise((r) => setTimeout(r, 500)); process.stdout.write(JSON.stringify({ calls, off: process.env.APOLLO_TELEMETRY_DISABLED }))"
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: `${import.meta.dirname}/../..`,
    })
    expect(JSON.parse(stdout)).toEqual({ calls: [], off: 'true' })
  })
})
