import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { getIntrospectionQuery } from 'graphql'
import { createClient as createEventClient } from 'graphql-sse'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CreateTagGroupDocument, createRenmai, NodeDocument, TagGroupsDocument } from '../../gateway/sdk/src/index.ts'
import { signEvents } from '../sign-events.ts'
import { ROOT } from '../stack/paths.ts'
import { dumpRows, isQuiet } from './rows.ts'
import { startWhole, type Whole } from './whole.ts'

let whole: Whole
beforeAll(async () => {
  whole = await startWhole()
})
afterAll(() => whole.stop())

let keys = 0
const key = () => `whole-test-${++keys}`

type Answer = {
  status: number
  body: {
    data?: Record<string, never> | null
    errors?: { message: string; path?: string[]; extensions: { code: string } }[]
    extensions?: { idempotentReplay?: boolean }
  }
}

async function post(body: unknown, headers: Record<string, string> = {}, raw = false, url?: string): Promise<Answer> {
  const answer = await request(url ?? whole.client.endpoints.graphql, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await whole.client.token()}`, ...headers },
    body: raw ? (body as string) : JSON.stringify(body),
  })
  return { status: answer.statusCode, body: (await answer.body.json()) as Answer['body'] }
}
const ask = (query: string, variables?: object, headers?: Record<string, string>) => post({ query, variables }, headers)
const codes = ({ body }: Answer) => body.errors?.map((error) => error.extensions.code).join()

async function createSource() {
  const { createEventSource } = await whole.client.query<{
    createEventSource: { account: { id: string; callbackPath: string }; secret: string }
  }>('mutation S($input: CreateEventSourceInput!) { createEventSource(input: $input) { account { id callbackPath } secret } }', {
    input: { idempotencyKey: key(), name: newId(), channel: 'WEB' },
  })
  return createEventSource
}

async function createClient(scopes: string[], kind: 'OWN' | 'PARTNER'): Promise<{ client: { id: string }; key: string }> {
  const { createApiClient } = await whole.client.query<{ createApiClient: { client: { id: string }; key: string } }>(
    'mutation C($input: CreateApiClientInput!) { createApiClient(input: $input) { client { id } key } }',
    { input: { idempotencyKey: key(), name: 'test', kind, scopes } },
  )
  return createApiClient
}
const createKey = async (scopes: string[]) => (await createClient(scopes, 'OWN')).key

async function meet(login: string, phone?: string): Promise<{ id: string; profiles: { id: string }[] }> {
  const { account } = await createSource()
  const identifiers = [{ namespace: 'login', value: login }, ...(phone ? [{ namespace: 'phone', value: phone, isVerified: true }] : [])]
  await whole.client.query('mutation I($input: IngestEventsInput!) { ingestEvents(input: $input) { accepted } }', {
    input: {
      accountId: account.id,
      events: [{ messageId: newId(), type: 'page_view', occurredAt: new Date().toISOString(), identifiers }],
    },
  })
  const found = await eventually(async () => {
    const { customerByIdentifier } = await whole.client.query<{
      customerByIdentifier: { id: string; profiles: { id: string }[]; lastTouchpoints: unknown[] } | null
    }>(
      'query C($login: String!) { customerByIdentifier(namespace: "login", value: $login) { id profiles { id } lastTouchpoints { id } } }',
      { login },
    )
    expect(customerByIdentifier?.lastTouchpoints.length).toBeGreaterThan(0)
    return customerByIdentifier!
  })
  return found
}

describe('the endpoint', () => {
  it.each([
    ['no credential', undefined],
    ['a wrong key', 'Bearer rm_live_0199f00000007000800000000000000a_abcdefghijkl_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_00000000'],
    ['an unsigned token', `Bearer ${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.e30.`],
    ['two tokens', 'Bearer a, Bearer b'],
    ['another scheme', 'Basic YTpi'],
  ])('lets nobody in with %s', async (_what, authorization) => {
    const answer = await request(whole.client.endpoints.graphql, {
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
    const answer = await post(body)
    expect(answer.status).toBeLessThan(500)
    expect(codes(answer)).toMatch(/INVALID|BAD_USER_INPUT|BAD_REQUEST|GRAPHQL_|UNDEFINED/)
  })

  it('says of an answer that it had been given before', async () => {
    const input = { idempotencyKey: key(), name: newId().slice(-12) }
    const create = () => ask('mutation G($input: CreateTagGroupInput!) { createTagGroup(input: $input) { group { id } } }', { input })
    const [first, again] = [await create(), await create()]
    expect(again.body.data).toEqual(first.body.data)
    expect([first, again].map(({ body }) => body.extensions?.idempotentReplay)).toEqual([undefined, true])
  })

  it('refuses the small document that would cost seconds to execute', async () => {
    const fragments = Array.from(
      { length: 18 },
      (_, no) => `fragment f${no} on Customer { a: profiles { id } ...f${no + 1} b: tags { id } ...f${no + 1} }`,
    ).join(' ')
    const answer = await ask(`{ customers(first: 1) { nodes { ...f0 ...f0 } } } ${fragments} fragment f18 on Customer { id }`)
    expect(answer.status).toBe(400)
  })

  it('gives no hint of what exists, and answers bad JSON in JSON', async () => {
    expect((await ask('{ tenan { id } }')).body.errors?.[0]?.message).not.toMatch(/did you mean/i)
    expect(await post('{"query":', {}, true)).toMatchObject({ status: 400 })
    expect(await post(JSON.stringify({ query: `{ tenant { id } } # ${'x'.repeat(300_000)}` }), {}, true)).toMatchObject({ status: 413 })
  })

  it('gives a partner what their key allows and nothing more', async () => {
    const headers = { authorization: `Bearer ${await createKey(['customers:read'])}` }
    expect((await ask('{ customerCounts { customers } }', {}, headers)).body.data).not.toBeNull()
    expect(codes(await ask('{ auditEntries { nodes { seq } } }', {}, headers))).toBe('UNAUTHORIZED_FIELD_OR_TYPE')
    const { body } = await ask('{ customers(first: 1) { nodes { id orders { id } } } orderCounts { orders } }', {}, headers)
    expect(body.errors?.map(({ path, extensions: { code } }) => [path?.join('.'), code])).toEqual([
      ['customers.nodes.@.orders', 'UNAUTHORIZED_FIELD_OR_TYPE'],
      ['orderCounts', 'UNAUTHORIZED_FIELD_OR_TYPE'],
    ])
  })

  it('shows a partner the public schema and nothing else, and lets no partner ask for more', async () => {
    const { client, key: secret } = await createClient(['customers:read', 'tenant:admin', 'audit:read'], 'PARTNER')
    const headers = { authorization: `Bearer ${secret}` }
    const publicly = (query: string) => post({ query }, headers, false, whole.client.endpoints.publicGraphql)
    expect((await publicly('{ customerCounts { customers } }')).body.data).toMatchObject({ customerCounts: {} })
    expect(await post({ query: '{ tenant { id } }' }, headers)).toMatchObject({ status: 403 })
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
    await whole.client.query('mutation R($input: RevokeApiClientInput!) { revokeApiClient(input: $input) { client { id } } }', {
      input: { idempotencyKey: key(), clientId: client.id },
    })
    // The gateway remembers a key for 30 seconds; that it ends at once is because identity says so.
    await eventually(async () => expect((await publicly('{ customerCounts { customers } }')).status).toBe(401))
  })

  it('is asked by partners with types: the SDK against the platform', async () => {
    const { key: credential } = await createClient(['customers:read', 'customers:write'], 'PARTNER')
    const renmai = createRenmai({ endpoint: whole.client.endpoints.publicGraphql, credential })
    const name = newId().slice(-12)
    const { createTagGroup } = await renmai.request(CreateTagGroupDocument, { input: { name } })
    expect((await renmai.request(TagGroupsDocument)).tagGroups).toContainEqual({ id: createTagGroup.group!.id, name })
    expect(await renmai.request(NodeDocument, { id: createTagGroup.group!.id })).toEqual({ node: null })
    await expect(renmai.request(CreateTagGroupDocument, { input: { name: 'x'.repeat(99) } })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    })
  })

  it('gives partners access tokens for their key: for no more than they may have, and no longer', async () => {
    const { client, key: secret } = await createClient(['customers:read', 'orders:read'], 'PARTNER')
    const { publicGraphql } = whole.client.endpoints
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
      post({ query }, { authorization: `Bearer ${token}` }, false, publicGraphql)
    const [whole_, narrow] = [await tokenFor(), await tokenFor('customers:read audit:read')]
    expect([whole_.status, narrow]).toMatchObject([200, { scope: 'customers:read' }])
    expect((await publicly('{ orderCounts { orders } customerCounts { customers } }', whole_.access_token)).body.errors).toBeUndefined()
    expect(codes(await publicly('{ customerCounts { customers } orderCounts { orders } }', narrow.access_token))).toBe(
      'UNAUTHORIZED_FIELD_OR_TYPE',
    )
    expect(await post({ query: '{ tenant { id } }' }, { authorization: `Bearer ${whole_.access_token}` })).toMatchObject({ status: 403 })
    for (const wrong of [
      ['aaaaaaaaaaaa', secret],
      [secret.split('_')[3]!, `${secret.slice(0, -1)}x`],
      ['nobody', 'x'],
    ] as [string, string][])
      expect(await tokenFor(undefined, wrong)).toMatchObject({ status: 401, error: 'invalid_client' })
    await whole.client.query('mutation R($input: RevokeApiClientInput!) { revokeApiClient(input: $input) { client { id } } }', {
      input: { idempotencyKey: key(), clientId: client.id },
    })
    await eventually(async () => expect((await publicly('{ customerCounts { customers } }', whole_.access_token)).status).toBe(401))
    expect(await tokenFor()).toMatchObject({ status: 401 })
  })

  it('answers published documents by their hash; a manifest is published by the command', async () => {
    const body = 'query Mine { tenant { name } }'
    const hash = createHash('sha256').update(body).digest('hex')
    const manifest = `${whole.folder}/manifest.json`
    writeFileSync(
      manifest,
      JSON.stringify({ format: 'apollo-persisted-query-manifest', operations: [{ id: hash, name: 'Mine', type: 'query', body }] }),
    )
    const command = ['scripts/renmai.ts', 'publish-documents', manifest, '--endpoint', whole.client.endpoints.graphql]
    const RENMAI_API_KEY = await createKey(['documents:write'])
    const run = () => promisify(execFile)(process.execPath, command, { cwd: ROOT, env: { ...process.env, RENMAI_API_KEY } })
    expect((await post({ documentId: `sha256:${hash}` })).body.errors?.[0]?.extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND')
    expect((await run()).stdout).toBe('1 documents are trusted now, 0 were already\n')
    expect((await post({ documentId: `sha256:${hash}` })).body.data).toEqual({ tenant: { name: expect.any(String) } })
    const weak = promisify(execFile)(process.execPath, command, {
      cwd: ROOT,
      env: { ...process.env, RENMAI_API_KEY: await createKey(['customers:read']) },
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

describe('a subgraph', () => {
  it('answers nobody but the gateway', async () => {
    for (const url of Object.values(whole.client.endpoints.services)) {
      for (const headers of [{}, { authorization: `Bearer ${await whole.client.token()}` }]) {
        const answer = await request(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: '{"query":"{ _service { sdl } }"}',
        })
        expect(answer.statusCode).toBe(401)
        await answer.body.dump()
      }
    }
  })
})

describe('signed intake', () => {
  it('takes what is signed, once, and nothing else', async () => {
    const { account, secret } = await createSource()
    const url = whole.client.endpoints.intake + account.callbackPath
    const body = JSON.stringify({
      events: [
        { messageId: 'm1', type: 'page_view', occurredAt: new Date().toISOString(), identifiers: [{ namespace: 'login', value: newId() }] },
      ],
    })
    const send = async (headers: Record<string, string>, text = body) => {
      const answer = await request(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: text })
      return { status: answer.statusCode, body: (await answer.body.json()) as { accepted?: number; duplicates?: number } }
    }
    expect(await send(signEvents(secret, 'w1', body, new Date()))).toMatchObject({ status: 200, body: { accepted: 1 } })
    expect(await send(signEvents(secret, 'w1', body, new Date()))).toMatchObject({ status: 200, body: { duplicates: 1 } })
    expect((await send(signEvents(secret, 'w1', body, new Date()), `${body} `)).status).toBe(401)
    expect((await send(signEvents(secret, 'w1', body, new Date(Date.now() - 360_000)))).status).toBe(401)
    expect((await send({})).status).toBe(401)
    const { account: other } = await createSource()
    const elsewhere = await request(whole.client.endpoints.intake + other.callbackPath, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signEvents(secret, 'w1', body, new Date()) },
      body,
    })
    expect(elsewhere.statusCode).toBe(401)
    await elsewhere.body.dump()
  })

  it.each([
    '/hooks/wecom/x/y',
    `/hooks/wecom/${newId()}/${newId()}`,
    `/hooks/youzan/${newId()}/${newId()}`,
    `/v1/events/${newId()}/${newId()}`,
    `/v1/imports/${newId()}/${newId()}`,
    '/hooks/../../etc/passwd',
  ])('knows nothing of %s', async (path) => {
    const method = path.includes('imports') ? 'PUT' : 'POST'
    const answer = await request(whole.client.endpoints.intake + path, {
      method,
      headers: { 'content-type': path.includes('imports') ? 'text/csv' : 'application/json' },
      body: '{}',
    })
    expect([401, 404]).toContain(answer.statusCode)
    await answer.body.dump()
  })
})

describe('who listens', () => {
  const listen = async (query: string, variables = {}) => {
    const told: Record<string, unknown>[] = []
    const url = `${whole.client.endpoints.graphql}/stream`
    const client = createEventClient({ url, headers: { authorization: `Bearer ${await whole.client.token()}` }, retryAttempts: 0 })
    const next = ({ data, errors }: { data?: unknown; errors?: unknown }) =>
      void told.push({ ...(data as object), ...(errors ? { errors } : {}) })
    client.subscribe({ query, variables }, { next, error: (error) => void told.push({ error }), complete: () => undefined })
    return { told, stop: () => client.dispose() }
  }

  it('is told of customers, segments and numbers as they change, with what all services know', async () => {
    const { id, profiles } = await meet(newId())
    const { id: other } = await meet(newId())
    const [customer, segments, numbers] = await Promise.all([
      listen('subscription ($id: ID!) { customerChanged(customerId: $id) { id tags { name } orderSummary { paidOrders } } }', { id }),
      listen('subscription { segmentChanged { hasEntered segment { name } customer { id } } }'),
      listen('subscription { kpiChanged { isComplete days { touchpoints } } }'),
    ])
    const { createTagGroup } = await whole.client.query<{ createTagGroup: { group: { id: string } } }>(
      'mutation G($input: CreateTagGroupInput!) { createTagGroup(input: $input) { group { id } } }',
      { input: { idempotencyKey: key(), name: 'live' } },
    )
    const { createTag } = await whole.client.query<{ createTag: { tag: { id: string } } }>(
      'mutation T($input: CreateTagInput!) { createTag(input: $input) { tag { id } } }',
      { input: { idempotencyKey: key(), groupId: createTagGroup.group.id, name: 'listened to' } },
    )
    const tag = (verb: string, profileId: string) =>
      whole.client.query(`mutation P($input: TagProfilesInput!) { ${verb}(input: $input) { changed } }`, {
        input: { idempotencyKey: key(), tagId: createTag.tag.id, profileIds: [profileId] },
      })
    // A stream begins a moment after it was asked for, so the change is made until it is heard.
    await eventually(async () => {
      await tag('tagProfiles', profiles[0]!.id)
      await tag('untagProfiles', profiles[0]!.id)
      expect(customer.told.length).toBeGreaterThan(0)
    })
    expect(new Set(customer.told.map((one) => (one.customerChanged as { id: string }).id))).toEqual(new Set([id]))
    expect(customer.told[0]!.customerChanged).toMatchObject({ tags: expect.any(Array) })
    await whole.client.query('mutation S($input: CreateSegmentInput!) { createSegment(input: $input) { segment { id } } }', {
      input: { idempotencyKey: key(), name: 'who looks', definition: { behaviour: { type: 'page_view' } } },
    })
    await eventually(() => expect(JSON.stringify(segments.told)).toContain(other))
    expect(segments.told).toContainEqual({ segmentChanged: { hasEntered: true, segment: { name: 'who looks' }, customer: { id } } })
    await eventually(async () => {
      await meet(newId())
      expect(numbers.told.at(-1)?.kpiChanged).toMatchObject({ days: [{ touchpoints: expect.any(Number) }] })
    })
    for (const one of [customer, segments, numbers]) one.stop()
  })
})

describe('one customer over five services', () => {
  const FIELDS =
    'id attributes { key } tags { name } segments { name } orders { id } lastTouchpoints { type } messages { id } rfm { label } consents { id } journeyEntries { id }'

  it('is one query, and with one service down the rest still answers', async () => {
    const { id } = await meet(newId())
    const everything = await ask(`query C($id: ID!) { customer(id: $id) { ${FIELDS} } }`, { id })
    expect(everything.body.errors).toBeUndefined()
    expect(everything.body.data?.customer).toMatchObject({ lastTouchpoints: [{ type: 'page_view' }], rfm: null, consents: [] })
    const child = whole.platform.children.find((one) => one.name === 'analytics')!
    child.process.kill('SIGSTOP')
    const partial = await ask(`query C($id: ID!) { customer(id: $id) { ${FIELDS} } }`, { id })
    child.process.kill('SIGCONT')
    expect(partial.body.data?.customer).toMatchObject({ id, lastTouchpoints: [{ type: 'page_view' }], consents: [] })
    expect(codes(partial)).toBe('UNAVAILABLE')
  })

  it('merged and split again is as it was in the tables of all five databases', async () => {
    const [a, b] = [await meet(newId()), await meet(newId())]
    // The log of decisions keeps the merge and its undoing.
    const dump = () => dumpRows(whole, { except: ['customer_decisions'] })
    await eventually(async () => expect(await isQuiet(whole)).toBe(true))
    const before = await dump()
    const merge = await ask(
      'mutation M($input: MergeCustomersInput!) { mergeCustomers(input: $input) { decision { id } survivor { id } } }',
      { input: { idempotencyKey: key(), survivorId: a.id, absorbedId: b.id, reason: 'test' } },
    )
    const decisionId = (merge.body.data as { mergeCustomers: { decision: { id: string } } } | undefined)?.mergeCustomers.decision.id
    await eventually(async () => expect(await isQuiet(whole)).toBe(true))
    const merged = await ask('query C($id: ID!) { customer(id: $id) { id profiles { id } lastTouchpoints { id } } }', { id: b.id })
    expect(merged.body.data?.customer).toMatchObject({ id: a.id })
    expect(merged.body.data?.customer).toMatchObject({ lastTouchpoints: [{}, {}] })
    expect(await dump()).not.toEqual(before)
    await ask('mutation U($input: UnmergeCustomersInput!) { unmergeCustomers(input: $input) { decision { id } } }', {
      input: { idempotencyKey: key(), decisionId, reason: 'test' },
    })
    await eventually(async () => expect(await isQuiet(whole)).toBe(true))
    await eventually(async () => expect(await dump()).toEqual(before))
  })
})

// The last: nobody asks after it.
it('who listens is told when the gateway ends, in time to go elsewhere', async () => {
  const ended: string[] = []
  const client = createEventClient({
    url: `${whole.client.endpoints.graphql}/stream`,
    headers: { authorization: `Bearer ${await whole.client.token()}` },
    retryAttempts: 0,
  })
  client.subscribe(
    { query: 'subscription { segmentChanged { hasEntered } }' },
    { next: () => undefined, error: (error) => void ended.push(String(error)), complete: () => void ended.push('complete') },
  )
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(ended).toEqual([])
  await whole.platform.children.find(({ name }) => name === 'gateway')!.stop()
  await eventually(() => expect(ended).toEqual(['complete']))
})
