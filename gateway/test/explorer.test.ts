import { readFileSync } from 'node:fs'
import { createHttp, type Http } from '@renmai/platform/http'
import { createLog } from '@renmai/platform/log'
import { ALL_SCOPES, testViewer } from '@renmai/platform/testing/viewers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXPLORER_TABS } from '../src/explorer-tabs.ts'
import { serveGraphiql } from '../src/graphiql.ts'
import { LIMITS } from '../src/limits.ts'
import { loadSupergraph, type Supergraph } from '../src/supergraph.ts'

let [supergraph, http, url]: [Supergraph, Http, string] = [] as never
beforeAll(async () => {
  const nobody = async () => ({ data: null })
  const names = ['identity', 'engagement', 'campaign', 'analytics', 'compliance', 'edge']
  supergraph = await loadSupergraph(
    readFileSync(new URL('../supergraph.graphql', import.meta.url), 'utf8'),
    new Map(names.map((name) => [name, nobody] as const)),
  )
  http = createHttp({ log: createLog('test', 'silent') })
  serveGraphiql(http)
  url = await http.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => http.close())

describe('the explorer', () => {
  it.each(EXPLORER_TABS.map((tab) => [tab.title, tab] as const))(
    'begins with a query that works: %s',
    (_title, { query, variables = {} }) => {
      const { document } = supergraph.documents.find(query)
      const execution = { document, operationName: undefined, variables: { ...variables }, viewer: testViewer('t', ALL_SCOPES) }
      expect(supergraph.refusals(execution)).toEqual([])
      expect(supergraph.costOf(document, undefined).atMost(execution.variables)).toBeLessThan(LIMITS.cost)
    },
  )

  it('is served with its tabs and with nothing from another host, beside the public schema as text', async () => {
    const page = await (await fetch(url)).text()
    for (const { title } of EXPLORER_TABS) expect(page).toContain(title)
    expect(page).not.toMatch(/(src|href)="https?:/)
    expect(await (await fetch(`${url}/public/schema.graphql`)).text()).toContain('type Customer implements Node')
    expect(await (await fetch(`${url}/llms.txt`)).text()).toContain('/public/graphql')
  })
})
