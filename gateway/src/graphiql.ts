import type { Http } from '@renmai/platform/http'
import { ruruHTML } from 'ruru/server'
import { getStaticFile } from 'ruru/static'

const STATIC_PATH = '/graphiql/'

const WELCOME = `# Paste a token into the headers below: {"Authorization": "Bearer ..."}
# \`scripts/renmai status\` shows one for the development login.
query Customers {
  customers(first: 5) {
    nodes { id displayName orderSummary { paidOrders netPaid { amountMinor currency } } rfm { label } }
  }
}
`

/** Serves the explorer at /, all of it from here: no script, font or style comes from another host. */
export function serveGraphiql(http: Http): void {
  const page = ruruHTML({
    endpoint: '/graphql',
    staticPath: STATIC_PATH,
    clientConfig: { defaultQuery: WELCOME, isHeadersEditorEnabled: true, showPersistHeadersSettings: true },
  } as Parameters<typeof ruruHTML>[0])
  http.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(page))
  http.get(`${STATIC_PATH}*`, async (request, reply) => {
    const file = await getStaticFile({
      staticPath: STATIC_PATH,
      urlPath: request.url.split('?')[0]!,
      acceptEncoding: request.headers['accept-encoding'],
    })
    return file ? reply.headers(file.headers).send(file.content) : reply.callNotFound()
  })
}
