import { createHash, randomBytes } from 'node:crypto'
import { readGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { signEvents } from '../../../sign-events.ts'
import { eventBody, events, push, signed, wecom } from '../../bad-input/intake-rows.ts'
import { type Answered, call, type Row, type Stage, write } from '../../bad-input/row.ts'
import { write as make } from '../../bad-input/stage.ts'
import { asAnother, read } from './tools.ts'

const NOBODY = { status: 401, code: /^UNAUTHENTICATED$/ }
const NOWHERE = { status: 404, code: /^NOT_FOUND$/ }
const GOOD = { status: 200, code: /"accepted":1/ }
const json = { 'content-type': 'application/json' }

type Headers = Record<string, string>

/** A batch of one event that is well signed, but for the headers that are changed or left out. */
const withHeaders = (no: number, what: string, change: (headers: Headers) => Headers): Row => ({
  id: `webhook ${no}`,
  what,
  send: (s) => events(s, eventBody(), { headers: change }),
  ...NOBODY,
})

/** An event sent to a changed path, signed with the source's secret. */
function eventsTo({ source, whole }: Stage, change: (path: string) => string, secret = source.secret): Promise<Answered> {
  const body = eventBody()
  const url = whole.client.endpoints.intake + change(source.callbackPath)
  return call(url, { headers: { ...json, ...signEvents(secret, newId(), body, new Date()) }, body })
}

/** The tenant's or the account's part of a path, in another spelling. */
const upper = (part: 1 | 2) => (path: string) => {
  const parts = path.split('/')
  const at = parts.length - 3 + part
  return [...parts.slice(0, at), parts[at]!.toUpperCase(), ...parts.slice(at + 1)].join('/')
}

const without = (name: string) => (headers: Headers) => Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name))
const minutes = (count: number) => String(Math.floor(Date.now() / 1_000) + count * 60)
const md5 = (text: string) => createHash('md5').update(text).digest('hex')

/** Creates a webhook endpoint at an address where no server listens. */
const endpoint = (s: Stage, more: object = {}) =>
  write(s, 'createWebhookEndpoint', 'CreateWebhookEndpointInput', {
    url: 'http://127.0.0.1:1024/hook',
    document: 'subscription { customerChanged { id } }',
    ...more,
  })

async function testTwice(s: Stage): Promise<Answered> {
  const input = { url: 'http://127.0.0.1:1024/hook', document: 'subscription { customerChanged { id } }' }
  const made = await make<{ endpoint: { id: string } }>(
    s.whole,
    s.key,
    'createWebhookEndpoint',
    'CreateWebhookEndpointInput',
    'endpoint { id }',
    input,
  )
  await write(s, 'testWebhookEndpoint', 'TestWebhookEndpointInput', { endpointId: made.endpoint.id })
  return write(s, 'testWebhookEndpoint', 'TestWebhookEndpointInput', { endpointId: made.endpoint.id })
}

/** Sends twice and returns the second answer. */
async function twice(send: () => Promise<Answered>): Promise<Answered> {
  expectTaken(await send())
  return send()
}

function expectTaken({ status, text }: Answered): void {
  if (status !== 200) throw new Error(text)
}

async function repeatEvents(s: Stage): Promise<Answered> {
  const body = eventBody()
  return read(await twice(() => events(s, body)))
}

const weak = (bytes: number) => `whsec_${randomBytes(bytes).toString('base64')}`
const BAD = { status: [200, 400], code: /^BAD_USER_INPUT$/ }

export const webhookRows: Row[] = [
  { id: 'webhook 1', what: 'a good batch of events', send: async (s) => read(await events(s, eventBody())), ...GOOD },
  withHeaders(2, 'events without a header of the signature', () => ({})),
  withHeaders(3, 'events without an id', without('webhook-id')),
  withHeaders(4, 'events without a time', without('webhook-timestamp')),
  withHeaders(5, 'events with another id than was signed', (all) => ({ ...all, 'webhook-id': newId() })),
  withHeaders(6, 'events with another time than was signed', (all) => ({ ...all, 'webhook-timestamp': minutes(1) })),
  withHeaders(7, 'events with a time in milliseconds', (all) => ({ ...all, 'webhook-timestamp': String(Date.now()) })),
  withHeaders(8, 'events with a time that is no number', (all) => ({ ...all, 'webhook-timestamp': 'now' })),
  withHeaders(9, 'events with a signature of another version', (all) => ({
    ...all,
    'webhook-signature': all['webhook-signature']!.replace('v1', 'v2'),
  })),
  withHeaders(10, 'events with a signature of keys in public', (all) => ({
    ...all,
    'webhook-signature': all['webhook-signature']!.replace('v1', 'v1a'),
  })),
  withHeaders(11, 'events with the signature in hex', (all) => ({
    ...all,
    'webhook-signature': `v1,${Buffer.from(all['webhook-signature']!.slice(3), 'base64').toString('hex')}`,
  })),
  withHeaders(12, 'events with six signatures, the last good', (all) => ({
    ...all,
    'webhook-signature': `${'v1,AAAA '.repeat(5)}${all['webhook-signature']}`,
  })),
  { id: 'webhook 13', what: 'events by an API key', send: (s) => withKey(s), ...NOBODY },
  { id: 'webhook 14', what: 'events signed with nothing', send: (s) => eventsTo(s, (path) => path, 'whsec_'), status: [401, 404] },
  { id: 'webhook 15', what: "events for another tenant's source, signed by ours", send: (s) => theirs(s), ...NOBODY },
  { id: 'webhook 16', what: "events for another tenant's source below our tenant", send: mixed, ...NOWHERE },
  { id: 'webhook 17', what: 'events for a tenant in upper case', send: (s) => eventsTo(s, upper(1)), ...NOWHERE },
  { id: 'webhook 18', what: 'events for a source in upper case', send: (s) => eventsTo(s, upper(2)), ...NOWHERE },
  { id: 'webhook 19', what: 'a callback for a tenant in upper case', send: (s) => wecom(s, upper(1)(s.paths.wecom)), ...NOWHERE },
  { id: 'webhook 20', what: 'a push for a tenant in upper case', send: (s) => push(s, upper(1)(s.paths.youzan), signed({})), ...NOWHERE },
  {
    id: 'webhook 21',
    what: 'events for a tenant in braces',
    send: (s) => eventsTo(s, (path) => path.replace(s.whole.tenantId, `{${s.whole.tenantId}}`)),
    ...NOWHERE,
  },
  {
    id: 'webhook 22',
    what: 'events for a tenant without hyphens',
    send: (s) => eventsTo(s, (path) => path.replace(s.whole.tenantId, s.whole.tenantId.replaceAll('-', ''))),
    ...NOWHERE,
  },
  { id: 'webhook 23', what: 'events for the callback of WeCom', send: (s) => eventsTo(s, () => accountOf(s, 'wecom')), ...NOWHERE },
  {
    id: 'webhook 24',
    what: 'the same events again, which are known',
    send: repeatEvents,
    status: 200,
    code: /"accepted":0,"duplicates":1/,
  },
  {
    id: 'webhook 25',
    what: 'one message id twice in a batch',
    send: async (s) => {
      const one = JSON.parse(eventBody()) as { events: object[] }
      return read(await events(s, JSON.stringify({ events: [...one.events, ...one.events] })))
    },
    status: 200,
    code: /"accepted":1,"duplicates":1/,
  },

  {
    id: 'webhook 26',
    what: 'a push signed in upper case, which is the same hash',
    send: (s) => signedAs(s, (sign) => sign.toUpperCase()),
    status: 200,
  },
  { id: 'webhook 27', what: 'a push signed with half', send: (s) => signedAs(s, (sign) => sign.slice(0, 16)), ...NOBODY },
  { id: 'webhook 28', what: 'a push signed with a space behind', send: (s) => signedAs(s, (sign) => `${sign} `), ...NOBODY },
  {
    id: 'webhook 29',
    what: 'a push of another app, signed without the secret',
    send: (s) => push(s, s.paths.youzan, signed({ client_id: '', sign: md5(encodeURIComponent('{}')) })),
    ...NOBODY,
  },
  {
    id: 'webhook 30',
    what: 'a push whose message was changed',
    send: (s) => push(s, s.paths.youzan, signed({ msg: encodeURIComponent('{"full_order_info":{}}') })),
    ...NOBODY,
  },
  {
    id: 'webhook 31',
    what: 'a push with its content twice: the last one counts, and it is not signed',
    send: (s) => push(s, s.paths.youzan, JSON.stringify(signed({})).replace(/}$/, ',"msg":"%7B%22a%22%3A1%7D"}')),
    ...NOBODY,
  },
  {
    id: 'webhook 32',
    what: 'a push with the names of an object in JavaScript',
    send: (s) => push(s, s.paths.youzan, '{"__proto__":{"test":true},"constructor":{"test":true}}'),
    ...NOBODY,
  },
  { id: 'webhook 33', what: 'a heartbeat as text', send: (s) => push(s, s.paths.youzan, '{"test":"true"}'), status: [400, 401] },

  { id: 'webhook 34', what: 'a secret of 23 bytes for an endpoint', send: (s) => endpoint(s, { secret: weak(23) }), ...BAD },
  { id: 'webhook 35', what: 'a secret of 65 bytes for an endpoint', send: (s) => endpoint(s, { secret: weak(65) }), ...BAD },
  { id: 'webhook 36', what: 'a secret without its name', send: (s) => endpoint(s, { secret: weak(32).slice(6) }), ...BAD },
  { id: 'webhook 37', what: 'two tests of an endpoint in ten seconds', send: testTwice, status: 200, code: /^RATE_LIMITED$/ },
]

function withKey({ source, key }: Stage): Promise<Answered> {
  return call(source.url, { headers: { ...json, authorization: `Bearer ${key}` }, body: eventBody() })
}

/** The path of the victim's source, which is not secret. */
const theirs = async (s: Stage) => eventsTo(await asAnother(s), (path) => path, s.source.secret)

async function mixed(s: Stage): Promise<Answered> {
  const { id } = readGlobalId(s.theirs.accountId)!
  return eventsTo(s, (path) => path.replace(/[^/]+$/, id))
}

const accountOf = ({ paths, whole }: Stage, kind: 'wecom' | 'youzan') => `/v1/events/${whole.tenantId}/${paths[kind].split('/').at(-1)}`

function signedAs(s: Stage, change: (sign: string) => string): Promise<Answered> {
  const { sign } = signed({})
  return push(s, s.paths.youzan, signed({ sign: change(sign) }))
}
