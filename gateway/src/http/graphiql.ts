import type { Http } from '@renmai/platform/serve/http'
import { ruruHTML } from 'ruru/server'
import { getStaticFile } from 'ruru/static'
import { EXPLORER_TABS } from './explorer-tabs.ts'
import { PAGE_HEADERS } from './page-headers.ts'

const STATIC_PATH = '/graphiql/'
/** Where GraphiQL keeps the tabs of a browser; it begins with our tabs when it has none. */
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

/** Serves the explorer at /. No script, font or style comes from another host. */
export function serveGraphiql(http: Http): void {
  const page = ruruHTML({
    endpoint: '/graphql',
    staticPath: STATIC_PATH,
    clientConfig: { isHeadersEditorEnabled: true, showPersistHeadersSettings: false, shouldPersistHeaders: false },
    htmlParts: { headerScripts: (original: string) => `${original}${BEGIN_WITH_TABS}` },
  } as unknown as Parameters<typeof ruruHTML>[0])
  http.get('/', (_request, reply) => reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(page))
  http.get(`${STATIC_PATH}*`, async (request, reply) => {
    const file = await getStaticFile({
      staticPath: STATIC_PATH,
      urlPath: request.url.split('?')[0]!,
      acceptEncoding: request.headers['accept-encoding'],
    })
    return file ? reply.headers({ ...file.headers, ...PAGE_HEADERS }).send(file.content) : reply.callNotFound()
  })
}
