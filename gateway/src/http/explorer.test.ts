import { readFileSync } from 'node:fs'
import { createHttp, type Http } from '@renmai/platform/serve/http'
import { createLog } from '@renmai/platform/serve/log'
import { ALL_SCOPES, testViewer } from '@renmai/platform/testing/viewers'
import { buildClientSchema, buildSchema, type IntrospectionQuery, printSchema } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LIMITS } from '../documents/limits.ts'
import { loadSupergraph, type Supergraph } from '../supergraph/supergraph.ts'
import { EXPLORER_TABS } from './explorer-tabs.ts'
import { serveGraphiql } from './graphiql.ts'
import { servePages } from './serve-pages.ts'

let [supergraph, http, url]: [Supergraph, Http, string] = [] as never
beforeAll(async () => {
  const nobody = async () => ({ data: null })
  const names = ['identity', 'engagement', 'campaign', 'analytics', 'compliance', 'edge']
  supergraph = await loadSupergraph(
    readFileSync(new URL('../../supergraph.graphql', import.meta.url), 'utf8'),
    new Map(names.map((name) => [name, nobody] as const)),
  )
  http = createHttp({ log: createLog('test', 'silent') })
  serveGraphiql(http)
  servePages(http)
  url = await http.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => http.close())

const read = async (path: string) => (await fetch(`${url}${path}`)).text()

describe('the explorer', () => {
  it.each(EXPLORER_TABS.map((tab) => [tab.title, tab] as const))(
    'begins with a query that works: %s',
    (_title, { query, variables = {} }) => {
      const { document } = supergraph.documents.find(query, 'tenant')
      const execution = { document, operationName: undefined, variables: { ...variables }, viewer: testViewer('t', ALL_SCOPES) }
      expect(supergraph.refusals(execution)).toEqual([])
      expect(supergraph.costOf(document, undefined).atMost(execution.variables)).toBeLessThan(LIMITS.cost)
    },
  )

  it('is served with its tabs', async () => {
    const page = await read('/')
    for (const { title } of EXPLORER_TABS) expect(page).toContain(title)
  })
})

describe('the pages about the public schema', () => {
  it('are its reference, a picture of it, its text and llms.txt', async () => {
    const sdl = await read('/public/schema.graphql')
    expect(sdl).toContain('type Customer implements Node')
    const reference = await read('/schema')
    for (const name of ['createWebhookEndpoint', 'customerByIdentifier', 'segmentChanged', 'OrderSummary'])
      expect(reference).toContain(name)
    expect(reference).not.toContain('createApiClient')
    const { data } = JSON.parse(await read('/graph/introspection.json')) as { data: IntrospectionQuery }
    expect(printSchema(buildClientSchema(data))).toBe(printSchema(buildSchema(sdl)))
    expect(await read('/graph')).toContain('/graph/voyager.standalone.js')
    expect(await read('/graph/voyager.standalone.js')).toContain('GraphQLVoyager')
    expect(await read('/llms.txt')).toContain('/public/graphql')
  })

  it.each(['/', '/schema', '/graph'])('%s takes nothing from another host', async (path) => {
    expect(await read(path)).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)="(https?:)?\/\/|@import|url\((https?:)?\/\//)
  })
})
