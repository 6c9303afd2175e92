import { readFileSync } from 'node:fs'
import type { Http } from '@renmai/platform/serve/http'
import { buildSchema, introspectionFromSchema } from 'graphql'
import { GATEWAY } from '../config.ts'
import { PAGE_HEADERS } from './page-headers.ts'

const read = (path: string) => readFileSync(new URL(path, GATEWAY), 'utf8')
const HTML = 'text/html; charset=utf-8'
const TEXT = 'text/plain; charset=utf-8'

/** The page that draws the public schema with graphql-voyager. */
const GRAPH = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Renmai, the public schema as a graph</title>
    <link rel="stylesheet" href="/graph/voyager.css">
    <style>body { margin: 0 } #graph { height: 100vh }</style>
  </head>
  <body>
    <div id="graph"></div>
    <script src="/graph/voyager.standalone.js"></script>
    <script>
      const introspection = fetch('/graph/introspection.json').then((answer) => answer.json())
      GraphQLVoyager.renderVoyager(document.getElementById('graph'), { introspection })
    </script>
  </body>
</html>
`

/**
 * Serves documentation of the public schema for people and programs: its reference at /schema, a picture of it at /graph, the
 * schema itself as text, and llms.txt. All files come from this host; scripts/write-pages.ts writes the pages.
 */
export function servePages(http: Http): void {
  const sdl = read('public.graphql')
  const data = introspectionFromSchema(buildSchema(sdl))
  const pages: Record<string, [type: string, text: string]> = {
    '/schema': [HTML, read('pages/schema.html')],
    '/graph': [HTML, GRAPH],
    '/graph/voyager.css': ['text/css; charset=utf-8', read('pages/voyager.css')],
    '/graph/voyager.standalone.js': ['text/javascript; charset=utf-8', read('pages/voyager.standalone.js')],
    '/graph/introspection.json': ['application/json; charset=utf-8', JSON.stringify({ data })],
    '/public/schema.graphql': [TEXT, sdl],
    '/llms.txt': [TEXT, read('llms.txt')],
  }
  for (const [path, [type, text]] of Object.entries(pages))
    http.get(path, (_request, reply) => reply.headers(PAGE_HEADERS).type(type).send(text))
}
