import { readFileSync } from 'node:fs'
import { createHttp, type Http } from '@renmai/platform/serve/http'
import { createLog } from '@renmai/platform/serve/log'
import { ALL_SCOPES, testViewer } from '@renmai/platform/testing/viewers'
import { buildClientSchema, buildSchema, type IntrospectionQuery, printSchema } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LIMITS } from '../documents/limits.ts'
import { loadSupergraph, type Supergraph } from '../supergraph/supergraph.ts'
import { EXPLORER_TABS } from './explorer-tabs.ts'
import type { SignInProvider } from './find-provider.ts'
import { serveGraphiql } from './graphiql.ts'
import { servePages } from './serve-pages.ts'

const PROVIDER: SignInProvider = {
  issuer: 'https://id.example',
  authorizationEndpoint: 'https://id.example/authorize',
  tokenEndpoint: 'https://tokens.id.example/token',
  namesIssuer: true,
  clientId: 'explorer</script>',
  scope: 'openid',
  params: '',
}
let provider: SignInProvider | undefined
let [supergraph, http, url]: [Supergraph, Http, string] = [] as never
beforeAll(async () => {
  const nobody = async () => ({ data: null })
  const names = ['identity', 'engagement', 'campaign', 'analytics', 'compliance', 'edge']
  supergraph = await loadSupergraph(
    readFileSync(new URL('../../supergraph.graphql', import.meta.url), 'utf8'),
    new Map(names.map((name) => [name, nobody] as const)),
  )
  http = createHttp({ log: createLog('test', 'silent') })
  serveGraphiql(http, async () => provider)
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

  it('is served with its tabs, and opens on the first one', async () => {
    const page = await read('/')
    for (const { title } of EXPLORER_TABS) expect(page).toContain(title)
    const [, text = '{}'] = /Object\.entries\((.*)\)\) localStorage/.exec(page) ?? []
    const kept = JSON.parse(text) as Record<string, string>
    const { tabs, activeTabIndex } = JSON.parse(kept['graphiql:tabState']!) as { tabs: object[]; activeTabIndex: number }
    // GraphiQL adds an empty tab and opens it, unless one has the kept query, variables and headers.
    expect(tabs[activeTabIndex]).toMatchObject({ query: kept['graphiql:query'], variables: kept['graphiql:variables'], headers: null })
    expect(activeTabIndex).toBe(0)
  })

  it('offers the sign-in of the provider, and may send requests to its token endpoint only', async () => {
    provider = PROVIDER
    const answer = await fetch(`${url}/`)
    const [, text = ''] = /<script type="application\/json" id="explorer-settings">(.*?)<\/script>/.exec(await answer.text()) ?? []
    expect(JSON.parse(text)).toEqual({ provider: PROVIDER, graphiql: '/graphiql/' })
    expect(answer.headers.get('content-security-policy')).toContain("connect-src 'self' https://tokens.id.example;")
    provider = undefined
    expect((await fetch(`${url}/`)).headers.get('content-security-policy')).toContain("connect-src 'self';")
    for (const file of ['start.js', 'sign-in.js', 'explorer.css']) expect((await fetch(`${url}/graphiql/${file}`)).status).toBe(200)
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
