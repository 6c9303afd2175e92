import { createHash, randomUUID } from 'node:crypto'
import { readGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { encrypt, getSignature } from '@wecom/crypto'
import { CORP } from '../../demo/story.ts'
import { signEvents } from '../../sign-events.ts'
import { call, type Row, type Stage, times } from './row.ts'

const NOBODY = { status: 401, code: /^UNAUTHENTICATED$/ }
const json = { 'content-type': 'application/json' }
const xml = { 'content-type': 'text/xml' }

export const eventBody = (change: object = {}) =>
  JSON.stringify({
    events: [
      {
        messageId: newId(),
        type: 'page_view',
        occurredAt: new Date().toISOString(),
        identifiers: [{ namespace: 'login', value: newId() }],
        ...change,
      },
    ],
  })

/** Sends events, signed as given; the signature is over `signed`, which may differ from the sent body. */
export function events(
  { source }: Stage,
  body: string,
  { signed = body, at = new Date(), headers = (all: Record<string, string>) => all } = {},
) {
  return call(source.url, { headers: { ...json, ...headers(signEvents(source.secret, newId(), signed, at)) }, body })
}

const minutes = (count: number) => new Date(Date.now() + count * 60_000)
const withSignature = (change: (signature: string) => string) => (all: Record<string, string>) => ({
  ...all,
  'webhook-signature': change(all['webhook-signature']!),
})

const eventRows: Row[] = [
  {
    id: 'D10',
    what: 'events, one space longer than they were signed',
    send: (s) => events(s, `${eventBody()} `, { signed: eventBody() }),
    ...NOBODY,
  },
  { id: 'D11', what: 'events signed six minutes ago', send: (s) => events(s, eventBody(), { at: minutes(-6) }), ...NOBODY },
  { id: 'D11', what: 'events signed in six minutes', send: (s) => events(s, eventBody(), { at: minutes(6) }), ...NOBODY },
  {
    id: 'D13',
    what: 'two signatures, the second good',
    send: (s) => events(s, eventBody(), { headers: withSignature((good) => `v1,${Buffer.alloc(32).toString('base64')} ${good}`) }),
    status: 200,
    code: /^$/,
  },
  { id: 'D14', what: 'an empty signature', send: (s) => events(s, eventBody(), { headers: withSignature(() => '') }), ...NOBODY },
  {
    id: 'D14',
    what: 'a signature of another length',
    send: (s) => events(s, eventBody(), { headers: withSignature(() => 'v1,AAAA') }),
    ...NOBODY,
  },
  {
    id: 'D14',
    what: 'a thousand signatures',
    send: (s) => events(s, eventBody(), { headers: withSignature((good) => times(1_000, () => good)) }),
    status: [401, 431],
  },
  {
    id: 'D15',
    what: 'events for an account that is not there',
    send: (s) =>
      call(s.source.url.replace(readGlobalId(s.source.id)!.id, newId()), {
        headers: { ...json, ...signEvents(s.source.secret, 'x', '{}', new Date()) },
        body: '{}',
      }),
    status: [401, 404],
  },
  {
    id: 'D16',
    what: 'an event of an unknown type',
    send: (s) => events(s, eventBody({ type: 'never_heard_of' })),
    status: 200,
    code: /^$/,
  },
  {
    id: 'D9',
    what: 'events of 5 MB',
    send: (s) => events(s, `{"events":[],"x":"${'x'.repeat(5 * 1024 ** 2)}"}`),
    status: 413,
    code: /TOO_LARGE/,
  },
  { id: 'A20', what: 'events that are no JSON', send: (s) => events(s, '{"events":'), status: 400, code: /INVALID/ },
  {
    id: 'A25',
    what: '1,001 events',
    send: (s) => events(s, `{"events":[${times(1_001, () => '{}', ',')}]}`),
    status: 400,
    code: /INVALID/,
  },
  {
    id: 'A35',
    what: 'an event with NUL in its person',
    send: (s) => events(s, eventBody({ identifiers: [{ namespace: 'login', value: 'a\u0000b' }] })),
    status: 200,
    code: /^$/,
  },
  {
    id: 'A36',
    what: 'an event with half a surrogate pair',
    send: (s) => events(s, eventBody({ properties: [{ key: 'k', value: '\ud800' }] })),
    status: 200,
    code: /^$/,
  },
  {
    id: 'H8',
    what: 'a phone of letters',
    send: (s) => events(s, eventBody({ identifiers: [{ namespace: 'phone', value: 'call me' }] })),
    status: 200,
    code: /^$/,
  },
]

type Callback = {
  token?: string
  corpId?: string
  timestamp?: number
  message?: string
  cipherText?: string
  signature?: string
  body?: (cipherText: string) => string
}

/** A WeCom callback, valid except for the given changes. */
export function wecom({ whole }: Stage, path: string, change: Callback = {}) {
  const { token = CORP.token, corpId = CORP.corpId, message = '<xml><MsgType>event</MsgType><Event>unknown</Event></xml>' } = change
  const timestamp = String(change.timestamp ?? Math.floor(Date.now() / 1_000))
  const cipherText = change.cipherText ?? encrypt(CORP.encodingAesKey, message, corpId)
  const signature = change.signature ?? getSignature(token, timestamp, 'n', cipherText)
  const query = new URLSearchParams({ msg_signature: signature, timestamp, nonce: 'n' })
  const body = (change.body ?? ((text) => `<xml><Encrypt><![CDATA[${text}]]></Encrypt></xml>`))(cipherText)
  return call(`${whole.client.endpoints.intake}${path}?${query}`, { headers: xml, body })
}

const seconds = (count: number) => Math.floor(Date.now() / 1_000) + count

export const wecomRows = (path: string): Row[] => [
  { id: 'D', what: 'a good callback', send: (s) => wecom(s, path), status: 200 },
  {
    id: 'D1',
    what: 'a callback in the clear',
    send: (s) => wecom(s, path, { body: () => '<xml><MsgType>event</MsgType></xml>' }),
    ...NOBODY,
  },
  { id: 'D2', what: 'a wrong signature', send: (s) => wecom(s, path, { token: 'other' }), ...NOBODY },
  { id: 'D3', what: 'a callback for another corp', send: (s) => wecom(s, path, { corpId: 'wwother' }), ...NOBODY },
  { id: 'D4', what: 'bad padding', send: (s) => wecom(s, path, { cipherText: Buffer.alloc(64, 7).toString('base64') }), ...NOBODY },
  { id: 'D4', what: 'half a block', send: (s) => wecom(s, path, { cipherText: Buffer.alloc(40, 7).toString('base64') }), ...NOBODY },
  {
    id: 'D7',
    what: 'an echo that is a page',
    send: ({ whole }) =>
      call(`${whole.client.endpoints.intake}${path}?msg_signature=x&timestamp=1&nonce=n&echostr=%3Cscript%3E`, { method: 'GET' }),
    ...NOBODY,
  },
  {
    id: 'D8',
    what: 'XML with a document type',
    send: (s) =>
      wecom(s, path, { body: (text) => `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Encrypt>${text}</Encrypt></xml>` }),
    status: [400, 401],
  },
  {
    id: 'D9',
    what: 'Encrypt twice',
    send: (s) => wecom(s, path, { body: (text) => `<xml><Encrypt>${text}</Encrypt><Encrypt>${text}</Encrypt></xml>` }),
    status: [400, 401],
  },
  {
    id: 'D9',
    what: 'XML 10,000 deep',
    send: (s) => wecom(s, path, { body: () => `<xml>${'<a>'.repeat(10_000)}${'</a>'.repeat(10_000)}</xml>` }),
    status: 413,
  },
  {
    id: 'D9',
    what: 'a callback of 5 MB',
    send: (s) => wecom(s, path, { body: () => `<xml>${'x'.repeat(5 * 1024 ** 2)}</xml>` }),
    status: 413,
    code: /TOO_LARGE/,
  },
  { id: 'D11', what: 'a callback of an hour ago, well signed', send: (s) => wecom(s, path, { timestamp: seconds(-3_600) }), ...NOBODY },
  { id: 'D11', what: 'a callback of tomorrow, well signed', send: (s) => wecom(s, path, { timestamp: seconds(86_400) }), ...NOBODY },
  {
    id: 'D15',
    what: 'a callback for an account that is not there',
    send: (s) => wecom(s, path.replace(/[^/]+$/, newId())),
    status: [401, 404],
  },
  {
    id: 'D16',
    what: 'an event that nobody knows',
    send: (s) => wecom(s, path, { message: `<xml><MsgType>event</MsgType><Event>${randomUUID()}</Event><CreateTime>1</CreateTime></xml>` }),
    status: 200,
  },
]

export const push = ({ whole }: Stage, path: string, body: object | string) =>
  call(whole.client.endpoints.intake + path, { headers: json, body: typeof body === 'string' ? body : JSON.stringify(body) })
export const signed = (change: object) => {
  const msg = encodeURIComponent('{}')
  return {
    client_id: 'demo',
    kdt_id: 77,
    type: 'trade_TradePaid',
    id: newId(),
    msg,
    sign: createHash('md5').update(`demo${msg}a-client-secret`).digest('hex'),
    ...change,
  }
}

export const youzanRows = (path: string): Row[] => [
  { id: 'D', what: 'a good push', send: (s) => push(s, path, signed({})), status: 200 },
  { id: 'D2', what: 'a push with a wrong signature', send: (s) => push(s, path, signed({ sign: 'a'.repeat(32) })), ...NOBODY },
  { id: 'D3', what: 'a push for another shop', send: (s) => push(s, path, signed({ kdt_id: 1 })), ...NOBODY },
  { id: 'D14', what: 'a push without a signature', send: (s) => push(s, path, signed({ sign: undefined })), ...NOBODY },
  { id: 'A20', what: 'a push that is no JSON', send: (s) => push(s, path, '{"a":'), status: 400, code: /INVALID/ },
  { id: 'A21', what: 'a push that is a list', send: (s) => push(s, path, '[]'), status: 400, code: /INVALID/ },
  {
    id: 'D9',
    what: 'a push whose fields are objects',
    send: (s) => push(s, path, signed({ sign: { a: 1 }, msg: [1] })),
    status: [400, 401],
  },
  ...['/hooks/wecom/x/y', '/hooks/../../etc/passwd', `/v1/imports/${newId()}/${newId()}`].map(
    (other): Row => ({ id: 'C13', what: `the path ${other}`, send: (s) => push(s, other, '{}'), status: [401, 404] }),
  ),
]

export { eventRows }
