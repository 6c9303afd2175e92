import { createHash } from 'node:crypto'
import { composeServices } from '@apollo/composition'
import { Admission } from '@renmai/platform/overload/admission'
import { AppError } from '@renmai/platform/serve/errors'
import { createHttp, type Http } from '@renmai/platform/serve/http'
import { createLog } from '@renmai/platform/serve/log'
import { parse } from 'graphql'
import { auditServer } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Authenticate } from '../callers/authenticate.ts'
import type { Deprecation, Usage } from '../callers/usage.ts'
import { createBudget } from '../cost/budget.ts'
import { planOf } from '../cost/plan.ts'
import { createChooseDocument } from '../documents/choose-document.ts'
import { LIMITS } from '../documents/limits.ts'
import { loadSupergraph } from '../supergraph/supergraph.ts'
import { serveBrowsers } from './serve-browsers.ts'
import { serveGraphql } from './serve-graphql.ts'

const TYPE_DEFS = parse(
  'enum Way { UP DOWN @deprecated(reason: "Use UP.") } type Query { old(way: Way, how: Int @deprecated(reason: "Leave how out.")): Int @deprecated(reason: "Use add.") add(a: Int!): Int } type Mutation { set: Int }',
)
const viewer = { kind: 'STAFF', id: 'staff', tenantId: 'tenant', scopes: new Set<string>(), plan: planOf(50), isPartner: false } as const

let [http, url, calls]: [Http, string, string[]] = [] as never
let authenticate: Authenticate = async () => viewer
// Overload of a busy machine is tested elsewhere.
const admission = new Admission({ readPressure: () => 0 })

type Answer = { extensions: { deprecations: Deprecation[] } }
const usage = { note: vi.fn<Usage['note']>(), stop: () => undefined }

beforeAll(async () => {
  calls = []
  const log = createLog('test', 'silent')
  const { supergraphSdl } = composeServices([{ name: 'one', url: 'http://one', typeDefs: TYPE_DEFS }])
  const ask = async (_viewer: object, body: string) => (calls.push(body), { data: { add: 1, set: 1 } })
  const supergraph = await loadSupergraph(supergraphSdl!, new Map([['one', ask]]))
  http = createHttp({ log, bodyLimit: LIMITS.bodyBytes, trustedProxies: undefined })
  await serveBrowsers(http, 'https://app.example, https://shop.example')
  const alone = { add: () => Promise.reject(new Error('there are no others')) }
  const asking: Authenticate = (...given) => authenticate(...given)
  const chooseDocument = createChooseDocument(async () => undefined, { staff: 'off', own: 'off', partner: 'off' }, log)
  serveGraphql(http, {
    chooseDocument,
    path: '/graphql',
    isPublic: false,
    current: () => supergraph,
    authenticate: asking,
    admission,
    budget: createBudget(alone),
    usage,
    log,
  })
  url = `${await http.listen({ host: '127.0.0.1', port: 0 })}/graphql`
})
afterAll(async () => {
  admission.stop()
  await http.close()
})

const JSON_BODY = { 'content-type': 'application/json' }
const post = (body: object, headers = {}) =>
  fetch(url, { method: 'POST', headers: { ...JSON_BODY, ...headers }, body: JSON.stringify(body) })
const get = (search: Record<string, string>) => fetch(`${url}?${new URLSearchParams(search)}`)
const coded = (code: string) => ({ errors: [{ message: expect.any(String), extensions: { code, requestId: expect.any(String) } }] })

describe('GraphQL over HTTP', () => {
  it('passes every audit of the specification', async () => {
    const audits = await auditServer({ url })
    expect(audits.filter(({ status }) => status !== 'ok').map(({ id, name }) => `${id} ${name}`)).toEqual([])
    expect(audits).toHaveLength(61)
  })

  it('answers queries by GET, and carries out no mutation', async () => {
    const answer = await get({ query: 'query Q($a: Int!) { add(a: $a) }', variables: '{"a":1}', operationName: 'Q' })
    expect([answer.status, await answer.json()]).toMatchObject([200, { data: { add: 1 } }])
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const before = calls.length
    const refused = await get({ query: 'mutation { set }' })
    expect([refused.status, refused.headers.get('allow'), await refused.json()]).toEqual([405, 'GET, POST', coded('METHOD_NOT_ALLOWED')])
    expect(calls).toHaveLength(before)
    const broken = await get({ query: '{ __typename }', variables: '{a' })
    expect([broken.status, await broken.json()]).toEqual([400, coded('BAD_USER_INPUT')])
  })

  it('returns a status of 4xx when nothing was executed, unless the client accepts plain JSON by name', async () => {
    for (const body of [{ query: '{ nothing }' }, { query: 'query Q($a: Int!) { add(a: $a) }', variables: { a: 'x' } }]) {
      expect((await post(body)).status).toBe(400)
      expect((await post(body, { accept: 'application/json' })).status).toBe(200)
    }
    const refused = await post({ query: '{ __typename }' }, { accept: 'text/html' })
    expect([refused.status, await refused.json()]).toEqual([406, coded('NOT_ACCEPTABLE')])
  })

  it('answers every error in the form of GraphQL', async () => {
    expect(await (await fetch(url, { method: 'POST', headers: JSON_BODY, body: '{' })).json()).toEqual(coded('BAD_REQUEST'))
    expect(await (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/xml' }, body: '{}' })).json()).toEqual(
      coded('UNSUPPORTED_MEDIA_TYPE'),
    )
    expect(await (await fetch(url, { method: 'DELETE' })).json()).toEqual(coded('METHOD_NOT_ALLOWED'))
    authenticate = async () => {
      throw new AppError('UNAUTHENTICATED', 'Who are you')
    }
    const unknown = await post({ query: '{ __typename }' })
    authenticate = async () => viewer
    expect([unknown.status, await unknown.json()]).toEqual([401, coded('UNAUTHENTICATED')])
  })

  it('states what an operation cost, and to a caller without budget when to retry', async () => {
    authenticate = async () => ({ ...viewer, id: 'spender', plan: { capacity: 30, restorePerSecond: 10 } })
    const mutation = { query: 'mutation { a: set b: set }' }
    expect(await (await post(mutation)).json()).toMatchObject({
      extensions: {
        cost: {
          requestedQueryCost: 20,
          actualQueryCost: 20,
          throttleStatus: { maximumAvailable: 30, currentlyAvailable: 9, restoreRate: 10 },
        },
      },
    })
    const before = calls.length
    const refused = await post(mutation)
    authenticate = async () => viewer
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toEqual([429, '2', coded('RATE_LIMITED')])
    expect(calls).toHaveLength(before)
  })

  it('answers a hash for a document that was sent before, and by GET so that a browser may keep the answer', async () => {
    const query = 'query Kept { add(a: 5) }'
    const sha256Hash = createHash('sha256').update(query).digest('hex')
    const search = { extensions: JSON.stringify({ persistedQuery: { version: 1, sha256Hash } }) }
    const unknown = await get(search)
    expect([unknown.status, await unknown.json()]).toMatchObject([400, { errors: [{ message: 'PersistedQueryNotFound' }] }])
    expect(await (await post({ query, extensions: { persistedQuery: { version: 1, sha256Hash } } })).json()).toMatchObject({
      data: { add: 1 },
    })
    const wrong = await post({ query: '{ __typename }', documentId: `sha256:${sha256Hash}` })
    expect([wrong.status, await wrong.json()]).toEqual([400, coded('BAD_USER_INPUT')])
    const kept = await get(search)
    expect([kept.status, kept.headers.get('cache-control')]).toEqual([200, 'private, no-cache'])
    const etag = kept.headers.get('etag')!
    const again = await fetch(`${url}?${new URLSearchParams({ documentId: `sha256:${sha256Hash}` })}`, {
      headers: { 'if-none-match': etag },
    })
    expect([again.status, await again.text()]).toEqual([304, ''])
    const other = await fetch(`${url}?${new URLSearchParams({ query })}`, { headers: { 'if-none-match': etag } })
    expect([other.status, other.headers.get('cache-control')]).toEqual([200, 'no-store'])
    const mutation = 'mutation Kept { set }'
    await post({ query: mutation })
    const id = `sha256:${createHash('sha256').update(mutation).digest('hex')}`
    expect((await get({ documentId: id })).status).toBe(405)
  })

  it('lists deprecated parts that are used, and counts the use by caller', async () => {
    usage.note.mockClear()
    const deprecations = [
      { coordinate: 'Query.old', reason: 'Use add.' },
      { coordinate: 'Query.old.how', reason: 'Leave how out.' },
      { coordinate: 'Way.DOWN', reason: 'Use UP.' },
    ]
    const answer = (await (await post({ query: '{ add(a: 1) old(way: DOWN, how: 1) @include(if: true) __typename }' })).json()) as Answer
    expect(answer.extensions.deprecations.toSorted((a, b) => a.coordinate.localeCompare(b.coordinate))).toEqual(deprecations)
    const [, { coordinates }] = usage.note.mock.calls[0]!
    expect(new Set(coordinates)).toEqual(new Set(['Query.add', 'Query.add.a', 'Query.old', 'Query.old.way', 'Query.old.how', 'Way.DOWN']))
    expect(((await (await post({ query: '{ add(a: 1) }' })).json()) as Answer).extensions).not.toHaveProperty('deprecations')
  })

  it('accepts requests of pages of the configured origins, and of no other', async () => {
    const preflight = (origin: string) =>
      fetch(url, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
      })
    for (const origin of ['https://app.example', 'https://shop.example']) {
      const allowed = await preflight(origin)
      expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, origin])
      expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization')
      expect(allowed.headers.get('access-control-allow-credentials')).toBeNull()
    }
    for (const origin of ['https://evil.example', 'https://app.example.evil', 'null']) {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull()
    }
    const answer = await post({ query: '{ __typename }' }, { origin: 'https://app.example' })
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example')
  })

  it('compresses long answers for clients that accept it', async () => {
    const encodingOf = async (query: string, taken: string) =>
      (await post({ query }, { 'accept-encoding': taken })).headers.get('content-encoding')
    const long = '{ __schema { types { name description fields { name description } } } }'
    expect(await encodingOf(long, 'gzip')).toBe('gzip')
    expect(await encodingOf(long, 'identity')).toBeNull()
    expect(await encodingOf('{ __typename }', 'gzip')).toBeNull()
  })
})
