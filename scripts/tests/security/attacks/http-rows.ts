import { SERVICES } from '../../../stack/services.ts'
import { type Answered, call, type Row, type Stage, times } from '../../bad-input/row.ts'
import { linesOf, readRaw } from './raw.ts'

const QUERY = '{"query":"{ tenant { id } }"}'
/** A second request that would be answered if a proxy on the way saw another end of the first request than we do. */
const HIDDEN = 'GET /livez HTTP/1.1\r\nHost: hidden\r\nConnection: close\r\n\r\n'

type Place = 'gateway' | 'intake'
const PATHS: Record<Place, string> = { gateway: '/graphql', intake: '/v1/events/x/y' }
const urlOf = ({ whole }: Stage, place: Place) => (place === 'gateway' ? whole.client.endpoints.graphql : whole.client.endpoints.intake)

/** One request as raw bytes, followed by another one that must not be answered. */
type Raw = { what: string; lines: (path: string) => string[]; body?: string; ends?: string }
const REFUSED = /^(400|404|413|431|501|505)$/

const withHeaders =
  (...headers: string[]) =>
  (path: string) => [`POST ${path} HTTP/1.1`, 'Host: a', 'Content-Type: application/json', ...headers]
const asIs =
  (first: string, ...headers: string[]) =>
  () => [first, 'Host: a', ...headers]

const RAW: Raw[] = [
  {
    what: 'a length and chunks',
    lines: withHeaders(`Content-Length: ${5 + HIDDEN.length}`, 'Transfer-Encoding: chunked'),
    body: '0\r\n\r\n',
  },
  { what: 'chunks and a length', lines: withHeaders('Transfer-Encoding: chunked', 'Content-Length: 4'), body: '5c\r\nx\r\n0\r\n\r\n' },
  { what: 'another coding than chunks', lines: withHeaders('Transfer-Encoding: xchunked'), body: '0\r\n\r\n' },
  { what: 'chunks before another coding', lines: withHeaders('Transfer-Encoding: chunked, identity'), body: '0\r\n\r\n' },
  { what: 'two codings in two lines', lines: withHeaders('Transfer-Encoding: chunked', 'Transfer-Encoding: x'), body: '0\r\n\r\n' },
  { what: 'a space before the colon of a coding', lines: withHeaders('Transfer-Encoding : chunked'), body: '0\r\n\r\n' },
  { what: 'a vertical tab before a coding', lines: withHeaders('Transfer-Encoding: \u000bchunked'), body: '0\r\n\r\n' },
  { what: 'two lengths', lines: withHeaders('Content-Length: 5', 'Content-Length: 6'), body: '12345' },
  { what: 'one length twice', lines: withHeaders('Content-Length: 5', 'Content-Length: 5'), body: '12345' },
  ...['+5', '-5', '0x5', '5, 5', '5 5', '5;', '٥', '9'.repeat(30)].map(
    (length): Raw => ({ what: `the length ${length}`, lines: withHeaders(`Content-Length: ${length}`), body: '12345' }),
  ),
  { what: 'a space before the colon of a length', lines: withHeaders('Content-Length : 5'), body: '12345' },
  ...['FFFFFFFFFFFFFFFFF', '-1', '0x1', '+1', '1 1', 'x', ''].map(
    (size): Raw => ({
      what: `a chunk of the size ${JSON.stringify(size)}`,
      lines: withHeaders('Transfer-Encoding: chunked'),
      body: `${size}\r\na\r\n0\r\n\r\n`,
    }),
  ),
  { what: 'a chunk longer than its stated size', lines: withHeaders('Transfer-Encoding: chunked'), body: '1\r\nabc\r\n0\r\n\r\n' },
  {
    what: 'a chunk with 20 kB of extensions',
    lines: withHeaders('Transfer-Encoding: chunked'),
    body: `1;${'a'.repeat(20_000)}\r\na\r\n0\r\n\r\n`,
  },
  { what: 'a chunk that ends with a line feed alone', lines: withHeaders('Transfer-Encoding: chunked'), body: '1\na\n0\n\n' },
  { what: 'line feeds alone', lines: withHeaders('Content-Length: 0'), ends: '\n' },
  { what: 'carriage returns alone', lines: withHeaders('Content-Length: 0', 'A: b\rC: d') },
  { what: 'a folded header', lines: withHeaders('A: b', ' c', 'Content-Length: 0') },
  { what: 'a folded header at the begin', lines: asIs('GET /livez HTTP/1.1', ' A: b') },
  { what: 'NUL in a value', lines: withHeaders('A: b\u0000c', 'Content-Length: 0') },
  { what: 'NUL in a name', lines: withHeaders('A\u0000: b', 'Content-Length: 0') },
  { what: 'NUL in a path', lines: asIs('GET /livez\u0000 HTTP/1.1') },
  { what: 'a space in a name', lines: withHeaders('A b: c', 'Content-Length: 0') },
  { what: 'a header without a colon', lines: withHeaders('Abc', 'Content-Length: 0') },
  { what: 'a header without a name', lines: withHeaders(': b', 'Content-Length: 0') },
  { what: 'no host', lines: () => ['GET /livez HTTP/1.1'] },
  { what: 'a header of 17 kB', lines: withHeaders(`A: ${'a'.repeat(17_000)}`, 'Content-Length: 0') },
  { what: '1,900 headers', lines: withHeaders(...Array.from({ length: 1_900 }, (_, no) => `A${no}: bcde`), 'Content-Length: 0') },
  { what: 'a path of 20 kB', lines: asIs(`GET /${'a'.repeat(20_000)} HTTP/1.1`) },
  { what: 'a method that nobody knows', lines: asIs('FOO /livez HTTP/1.1') },
  { what: 'a method in lower case', lines: asIs('get /livez HTTP/1.1') },
  { what: 'a version that nobody knows', lines: asIs('GET /livez HTTP/9.9') },
  { what: 'no version', lines: asIs('GET /livez') },
  { what: 'two spaces before the version', lines: asIs('GET /livez  HTTP/1.1 x') },
  { what: 'a greeting of HTTP/2', lines: () => ['PRI * HTTP/2.0', '', 'SM', ''] },
  { what: 'a greeting of TLS', lines: () => ['\u0016\u0003\u0001\u0002\u0000\u0001'] },
]

async function send(s: Stage, place: Place, { lines, body = '', ends = '\r\n' }: Raw): Promise<Answered> {
  return readRaw(urlOf(s, place), linesOf(lines(PATHS[place]), ends) + body + HIDDEN)
}

const rawRows = (place: Place, from: number): Row[] =>
  RAW.map((raw, no) => ({
    id: `http ${from + no}`,
    what: `${raw.what}, to the ${place}: one answer, and nothing of what stands behind`,
    send: (s) => send(s, place, raw),
    // Where the path does not exist, the body is not read.
    status: [400, 404, 413, 431, 501, 505],
    code: REFUSED,
  }))

/** A file that lies beside the explorer's, in the spellings of a path that leads out of it. */
const OUTSIDE = [
  '/graphiql/../package.json',
  '/graphiql/../../package.json',
  '/graphiql/%2e%2e/package.json',
  '/graphiql/..%2fpackage.json',
  '/graphiql/..%5cpackage.json',
  '/graphiql/%252e%252e/package.json',
  '/graphiql/....//package.json',
  '/graphiql//etc/passwd',
  '/graphiql/..;/package.json',
  '/graphiql/%00',
  '/graphiql/%c0%ae%c0%ae/package.json',
  '/graphiql/',
  '/graph/../package.json',
  '//package.json',
  '/./package.json',
  '/.git/config',
  '/.renmai/secrets.json',
  '/node_modules/fastify/package.json',
  '/%',
]

const path = (s: Stage, target: string) =>
  readRaw(s.whole.client.endpoints.graphql, linesOf([`GET ${target} HTTP/1.1`, 'Host: a', 'Connection: close']))

const metricsAt = (no: number, what: string, urlOf: (s: Stage) => string): Row => ({
  id: `http ${no}`,
  what: `metrics at the port of ${what}`,
  send: (s) => call(`${new URL(urlOf(s)).origin}/metrics`, { method: 'GET' }),
  status: 404,
})

const asked = (s: Stage, headers: Record<string, string>, more: { method?: string; body?: string; search?: string } = {}) => {
  const { method = 'POST', body = QUERY, search = '' } = more
  const authorization = `Bearer ${s.key}`
  return call(s.whole.client.endpoints.graphql + search, {
    method,
    headers: { authorization, ...headers },
    ...(method === 'GET' ? {} : { body }),
  })
}
const json = { 'content-type': 'application/json' }
const MUTATION = '?query=mutation%7BcreateTagGroup(input:%7BidempotencyKey:%22a%22,name:%22b%22%7D)%7Bgroup%7Bid%7D%7D%7D'

/** No page of another origin may read answers: the CORS headers that a browser needs are absent. */
const noCors = ({ headers, ...answer }: Answered): Answered => ({
  ...answer,
  headers,
  codes: Object.keys(headers)
    .filter((name) => name.startsWith('access-control-'))
    .join(),
})

export const httpRows: Row[] = [
  ...rawRows('gateway', 101),
  ...rawRows('intake', 201),
  ...OUTSIDE.map(
    (target, no): Row => ({ id: `http ${301 + no}`, what: `the path ${target}`, send: (s) => path(s, target), status: [400, 404] }),
  ),
  ...['gateway', 'intake'].map((what, no) => metricsAt(401 + no, `the ${what}`, (s) => urlOf(s, what as Place))),
  ...SERVICES.map((what, no) => metricsAt(403 + no, what, (s) => s.whole.client.endpoints.services[what]!)),
  { id: 'http 1', what: 'a mutation by GET', send: (s) => asked(s, {}, { method: 'GET', search: MUTATION }), status: 405 },
  ...['x-http-method-override', 'x-http-method', 'x-method-override'].map(
    (name, no): Row => ({
      id: `http ${2 + no}`,
      what: `a mutation by GET that names POST in ${name}`,
      send: (s) => asked(s, { [name]: 'POST' }, { method: 'GET', search: MUTATION }),
      status: 405,
    }),
  ),
  {
    id: 'http 5',
    what: 'a mutation by GET with the method POST in its URL',
    send: (s) => asked(s, {}, { method: 'GET', search: `${MUTATION}&_method=POST` }),
    status: 405,
  },
  ...['PUT', 'PATCH', 'DELETE'].map(
    (method, no): Row => ({
      id: `http ${6 + no}`,
      what: `an operation by ${method}`,
      send: (s) => asked(s, json, { method }),
      status: 405,
    }),
  ),
  ...['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain', 'application/xml', ''].map(
    (type, no): Row => ({
      id: `http ${10 + no}`,
      what: `an operation as ${type || 'nothing'}`,
      send: (s) =>
        asked(s, type ? { 'content-type': type } : {}, { body: type.includes('form-urlencoded') ? 'query=%7Btenant%7Bid%7D%7D' : QUERY }),
      status: type === 'text/plain' ? 400 : 415,
    }),
  ),
  {
    id: 'http 16',
    what: 'a page of another origin',
    send: async (s) => noCors(await asked(s, { ...json, origin: 'https://evil.example' })),
    status: 200,
    code: /^$/,
  },
  {
    id: 'http 17',
    what: 'a page without an origin',
    send: async (s) => noCors(await asked(s, { ...json, origin: 'null' })),
    status: 200,
    code: /^$/,
  },
  {
    id: 'http 18',
    what: 'a page that sends a preflight request',
    send: async (s) =>
      noCors(await asked(s, { origin: 'https://evil.example', 'access-control-request-method': 'POST' }, { method: 'OPTIONS', body: '' })),
    status: [404, 405],
    code: /^$/,
  },
  {
    id: 'http 19',
    what: 'a cookie in the place of a credential',
    send: (s) =>
      call(s.whole.client.endpoints.graphql, {
        headers: { ...json, cookie: `authorization=Bearer ${s.key}; token=${s.key}` },
        body: QUERY,
      }),
    status: 401,
  },
  {
    id: 'http 20',
    what: '300 headers without meaning',
    send: (s) =>
      asked(s, {
        ...json,
        ...Object.fromEntries(
          times(300, (no) => `x${no}`)
            .split(' ')
            .map((name) => [name, 'a']),
        ),
      }),
    status: 200,
    code: /^$/,
  },
]
