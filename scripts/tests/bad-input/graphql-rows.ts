import { gzipSync } from 'node:zlib'
import { ask, call, post, type Row, times } from './row.ts'

const REFUSED = /GRAPHQL_|INVALID|BAD_USER_INPUT|BAD_REQUEST|NONE/
const BAD = 400
const bomb = `{ customers(first: 1) { nodes { ...f0 ...f0 } } } ${times(18, (no) => `fragment f${no} on Customer { a: profiles { nodes { id } } ...f${no + 1} b: tags { nodes { id } } ...f${no + 1} }`)} fragment f18 on Customer { id }`

/** Documents that are not valid, or cost more than allowed. */
const documents: Row[] = [
  { id: 'A1', what: 'a batch', send: (s) => post(s, [{ query: '{ tenant { id } }' }]), status: BAD },
  { id: 'A2', what: '31 aliases of one field', send: (s) => ask(s, `{ ${times(31, (no) => `a${no}: tenant { id }`)} }`), status: BAD },
  { id: 'A3', what: '10,000 aliases of __typename', send: (s) => ask(s, `{ ${times(10_000, (no) => `a${no}:__typename`)} }`), status: BAD },
  { id: 'A4', what: '5,000 times the same field', send: (s) => ask(s, `{ tenant { ${'id '.repeat(5_000)} } }`), status: BAD },
  {
    id: 'A5',
    what: '500 overlapping fragments',
    send: (s) => ask(s, `{ tenant { ${times(500, (no) => `...f${no}`)} } } ${times(500, (no) => `fragment f${no} on Tenant { id name }`)}`),
    status: BAD,
  },
  { id: 'A6', what: '1,000 unknown directives', send: (s) => ask(s, `{ tenant { id ${'@no '.repeat(1_000)} } }`), status: BAD },
  { id: 'A6', what: '60 times @include', send: (s) => ask(s, `{ tenant { id ${'@include(if: true) '.repeat(60)} } }`), status: BAD },
  {
    id: 'A7',
    what: 'circular fragments',
    send: (s) => ask(s, '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'),
    status: BAD,
  },
  { id: 'A8', what: 'fragments that double 18 times', send: (s) => ask(s, bomb), status: BAD },
  { id: 'A9', what: 'depth 5,000', send: (s) => ask(s, `{ ${'tenant { '.repeat(5_000)} id ${'}'.repeat(5_001)}`), status: BAD },
  {
    id: 'A10',
    what: 'a list nested 20,000 deep',
    send: (s) => ask(s, `{ customer(id: ${'['.repeat(20_000)}${']'.repeat(20_000)}) { id } }`),
    status: BAD,
  },
  { id: 'A11', what: 'the costly part in a fragment named __schema', send: (s) => ask(s, bomb.replaceAll('f0', '__schema')), status: BAD },
  {
    id: 'A12',
    what: 'one fragment at two depths, deep only at the second',
    send: (s) =>
      ask(
        s,
        `{ a: customers(first: 1) { ...p } ${'customers(first: 1) { nodes { profiles { nodes { customer { '.repeat(4)} profiles { nodes { customer { id } } } ${'} } } } }'.repeat(4)} } fragment p on CustomerConnection { nodes { profiles { nodes { customer { profiles { nodes { customer { id } } } } } } } }`,
      ),
    status: BAD,
  },
  { id: 'A14', what: 'a typing error', send: (s) => ask(s, '{ tenan { id } }'), status: BAD },
  { id: 'A28', what: '_entities from outside', send: (s) => ask(s, '{ _entities(representations: []) { __typename } }'), status: BAD },
  { id: 'A28', what: '_service from outside', send: (s) => ask(s, '{ _service { sdl } }'), status: BAD },
  {
    id: 'A33',
    what: 'the hash of a persisted query without the query',
    send: (s) => post(s, { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }),
    status: BAD,
    code: /PERSISTED_QUERY_NOT_FOUND/,
  },
  {
    id: 'A34',
    what: 'two operations, none named',
    send: (s) => ask(s, 'query A { tenant { id } } query B { tenant { id } }'),
    status: BAD,
  },
]

/** Requests that are not a POST of JSON. */
const requests: Row[] = [
  {
    id: 'A15',
    what: 'a mutation by GET',
    send: ({ whole, key }) =>
      call(`${whole.client.endpoints.graphql}?query=mutation%7B__typename%7D`, {
        method: 'GET',
        headers: { authorization: `Bearer ${key}` },
      }),
    status: 405,
    code: /METHOD_NOT_ALLOWED/,
  },
  {
    id: 'A16',
    what: 'a query by GET of somebody unknown',
    send: ({ whole }) => call(`${whole.client.endpoints.graphql}?query=%7B__typename%7D`, { method: 'GET' }),
    status: 401,
    code: /UNAUTHENTICATED/,
  },
  {
    id: 'A16',
    what: 'text/plain, which a browser sends without a preflight',
    send: (s) => post(s, { query: '{ __typename }' }, { 'content-type': 'text/plain' }),
    status: [400, 415],
  },
  {
    id: 'A17',
    what: 'a multipart upload',
    send: (s) =>
      post(s, '--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{}\r\n--x--', {
        'content-type': 'multipart/form-data; boundary=x',
      }),
    status: 415,
    code: /UNSUPPORTED_MEDIA_TYPE/,
  },
  { id: 'A18', what: '6 MB', send: (s) => post(s, 'x'.repeat(6 * 1024 ** 2)), status: 413, code: /TOO_LARGE/ },
  {
    id: 'A19',
    what: 'a gzip bomb',
    send: (s) => post(s, gzipSync(Buffer.alloc(50 * 1024 ** 2)), { 'content-encoding': 'gzip' }),
    status: [400, 413, 415],
  },
  { id: 'A20', what: 'broken JSON', send: (s) => post(s, '{"query":'), status: BAD, code: /BAD_REQUEST/ },
  {
    id: 'A20',
    what: 'truncated UTF-8',
    send: (s) => post(s, Buffer.concat([Buffer.from('{"query":"'), Buffer.from([0xe4, 0xba])])),
    status: BAD,
  },
  {
    id: 'A20',
    what: 'UTF-16',
    send: (s) => post(s, Buffer.from('{"query":"{ __typename }"}', 'utf16le'), { 'content-type': 'application/json; charset=utf-16' }),
    status: [400, 415],
  },
  { id: 'A21', what: 'a query that is an object', send: (s) => post(s, { query: {} }), status: BAD },
  { id: 'A21', what: 'variables that are a list', send: (s) => post(s, { query: '{ tenant { id } }', variables: [] }), status: BAD },
]

export const graphqlRows: Row[] = [...documents.map((row) => ({ code: REFUSED, ...row })), ...requests]
