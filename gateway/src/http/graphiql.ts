import { readFileSync } from 'node:fs'
import type { Http } from '@renmai/platform/serve/http'
import { ruruHTML } from 'ruru/server'
import { getStaticFile } from 'ruru/static'
import { GATEWAY } from '../config.ts'
import { EXPLORER_TABS } from './explorer-tabs.ts'
import type { FindProvider, SignInProvider } from './find-provider.ts'
import { PAGE_HEADERS, pageHeaders } from './page-headers.ts'

const STATIC_PATH = '/graphiql/'
const SETTINGS = '"the settings of this page"'

/** Our own part of the page: the sign-in. */
const FILES = {
  'start.js': 'text/javascript; charset=utf-8',
  'sign-in.js': 'text/javascript; charset=utf-8',
  'explorer.css': 'text/css; charset=utf-8',
}

// `<` is written so that nothing in a text can end the script.
const inScript = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c')

const [first] = EXPLORER_TABS
/**
 * What GraphiQL keeps in a browser; it begins with our tabs when it has none. It opens the tab that has the kept query and
 * variables, and adds an empty one when there is no such tab.
 */
const BEGINNING = {
  'graphiql:tabState': JSON.stringify({ tabs: EXPLORER_TABS.map(tabOf), activeTabIndex: 0 }),
  'graphiql:query': first!.query,
  'graphiql:variables': variablesOf(first!) ?? '',
}

const BEGIN_WITH_TABS = `<script>
if (!localStorage.getItem('graphiql:tabState')) for (const [name, value] of Object.entries(${inScript(BEGINNING)})) localStorage.setItem(name, value)
</script>`

const SIGN_IN = `<main id="sign-in" hidden>
<h1>Renmai</h1>
<p>The explorer of the GraphQL endpoint, with worked queries.</p>
<p id="sign-in-message" role="status"></p>
<p id="with-provider"><button id="sign-in-button" type="button">Sign in</button> <button id="another-button" type="button">Sign in as somebody else</button></p>
<details id="with-key"><summary>With an access token or an API key</summary>
<form id="with-token"><textarea id="token" rows="4" autocomplete="off" spellcheck="false" aria-label="Access token or API key"></textarea><button>Open</button></form>
</details>
<p><a href="/schema">Reference of the public schema</a></p>
</main>
<noscript>The explorer needs JavaScript.</noscript>
<div id="session"><span id="who"></span><button id="switch" type="button">Switch</button><button id="sign-out" type="button">Sign out</button></div>`

function variablesOf({ variables }: (typeof EXPLORER_TABS)[number]): string | null {
  return variables ? JSON.stringify(variables, null, 2) : null
}

function tabOf(tab: (typeof EXPLORER_TABS)[number], no: number): object {
  const { title, query } = tab
  const variables = variablesOf(tab)
  return { id: `begin-${no}`, hash: `begin-${no}`, title, query, variables, headers: null, operationName: null, response: null }
}

/**
 * Serves the explorer at /. It shows the sign-in to a person who has not signed in, so that no query is sent without a token. No
 * script, font or style comes from another host.
 */
export function serveGraphiql(http: Http, findProvider: FindProvider): void {
  const page = ruruHTML({
    endpoint: '/graphql',
    staticPath: STATIC_PATH,
    clientConfig: { isHeadersEditorEnabled: true, showPersistHeadersSettings: false, shouldPersistHeaders: false },
    htmlParts: {
      // Without an icon of its own a browser requests one, and shows the missing one as an error.
      titleTag: '<title>Renmai explorer</title><link rel="icon" href="data:,">',
      styleTags: (original: string) => `${original}<link rel="stylesheet" href="${STATIC_PATH}explorer.css">`,
      headerScripts: (original: string) =>
        `${original}${BEGIN_WITH_TABS}<script type="application/json" id="explorer-settings">${SETTINGS}</script>`,
      bodyContent: (original: string) => `${SIGN_IN}${original}`,
      bodyInitScript: `<script type="module" src="${STATIC_PATH}start.js"></script>`,
    },
  } as unknown as Parameters<typeof ruruHTML>[0])
  http.get('/', async (_request, reply) => {
    const provider = await findProvider()
    const text = page.replace(SETTINGS, () => inScript({ provider, graphiql: STATIC_PATH }))
    return reply.headers(headersFor(provider)).type('text/html; charset=utf-8').send(text)
  })
  for (const [name, type] of Object.entries(FILES)) {
    const content = readFileSync(new URL(`explorer/${name}`, GATEWAY), 'utf8')
    http.get(`${STATIC_PATH}${name}`, (_request, reply) => reply.headers(PAGE_HEADERS).type(type).send(content))
  }
  http.get(`${STATIC_PATH}*`, async (request, reply) => {
    const file = await getStaticFile({
      staticPath: STATIC_PATH,
      urlPath: request.url.split('?')[0]!,
      acceptEncoding: request.headers['accept-encoding'],
    })
    return file ? reply.headers({ ...file.headers, ...PAGE_HEADERS }).send(file.content) : reply.callNotFound()
  })
}

/** The page exchanges its code at the provider's token endpoint. */
const headersFor = (provider: SignInProvider | undefined) =>
  provider ? pageHeaders([new URL(provider.tokenEndpoint).origin]) : PAGE_HEADERS
