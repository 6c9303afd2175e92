import { readFileSync } from 'node:fs'
import type { Http } from '@renmai/platform/http'
import { ruruHTML } from 'ruru/server'
import { getStaticFile } from 'ruru/static'
import { EXPLORER_TABS } from './explorer-tabs.ts'

const STATIC_PATH = '/graphiql/'
/** For those who build on the public schema, people and programs. */
const PAGES = {
  '/llms.txt': new URL('../llms.txt', import.meta.url),
  '/public/schema.graphql': new URL('../public.graphql', import.meta.url),
}

/** Where GraphiQL keeps the tabs of a browser; it begins with ours where it has none. */
const TAB_STATE = 'graphiql:tabState'

// `<` is written so that nothing in a query can end the script.
const BEGIN_WITH_TABS = `<script>
if (!localStorage.getItem('${TAB_STATE}')) localStorage.setItem('${TAB_STATE}', ${JSON.stringify(JSON.stringify(tabState())).replaceAll('<', '\\u003c')})
</script>`

function tabState(): object {
  const tabs = EXPLORER_TABS.map(({ title, query, variables }, no) => ({
    id: `begin-${no}`,
    hash: `begin-${no}`,
    title,
    query,
    variables: variables ? JSON.stringify(variables, null, 2) : null,
    headers: null,
    operationName: null,
    response: null,
  }))
  return { tabs, activeTabIndex: 0 }
}

/** Serves the explorer at /, and the public schema as text: all of it from here, no script, font or style comes from another host. */
export function serveGraphiql(http: Http): void {
  const page = ruruHTML({
    endpoint: '/graphql',
    staticPath: STATIC_PATH,
    clientConfig: { isHeadersEditorEnabled: true, showPersistHeadersSettings: true },
    htmlParts: { headerScripts: (original: string) => `${original}${BEGIN_WITH_TABS}` },
  } as unknown as Parameters<typeof ruruHTML>[0])
  http.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(page))
  for (const [path, file] of Object.entries(PAGES)) {
    const text = readFileSync(file, 'utf8')
    http.get(path, (_request, reply) => reply.type('text/plain; charset=utf-8').send(text))
  }
  http.get(`${STATIC_PATH}*`, async (request, reply) => {
    const file = await getStaticFile({
      staticPath: STATIC_PATH,
      urlPath: request.url.split('?')[0]!,
      acceptEncoding: request.headers['accept-encoding'],
    })
    return file ? reply.headers(file.headers).send(file.content) : reply.callNotFound()
  })
}
