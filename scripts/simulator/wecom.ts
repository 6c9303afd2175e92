import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { encrypt, getSignature } from '@wecom/crypto'
import type { FastifyInstance } from 'fastify'
import { request } from 'undici'
import { type PushFault, type State, takeFault, type WecomCorp } from './state.ts'

const TOKEN_MS = 7_200_000
const WELCOME_MS = 20_000
const HANG_MS = 15_000
const ok = { errcode: 0, errmsg: 'ok' }

type Query = Record<string, string>
type Body = Record<string, unknown>

/** The WeCom API as far as we call it, with its limits and error codes. */
export function serveWecom(server: FastifyInstance, state: State): void {
  server.get<{ Querystring: Query }>('/cgi-bin/gettoken', ({ query }) => {
    const corp = state.corps.get(query.corpid ?? '')
    if (!corp) return { errcode: 40013, errmsg: 'invalid corpid' }
    if (corp.secret !== query.corpsecret) return { errcode: 40001, errmsg: 'invalid credential' }
    const token = randomBytes(32).toString('base64url')
    state.tokens.set(token, { corpId: corp.corpId, until: Date.now() + TOKEN_MS })
    return { ...ok, access_token: token, expires_in: TOKEN_MS / 1000 }
  })
  get(server, state, '/cgi-bin/agent/get', () => ({ ...ok, name: 'Renmai' }))
  get(server, state, '/cgi-bin/externalcontact/get', ({ external_userid: id = '' }) => {
    const person = state.people.get(id)
    return person
      ? { ...ok, external_contact: { external_userid: id, type: 1, ...person }, follow_user: [] }
      : { errcode: 84061, errmsg: 'not external contact' }
  })
  post(server, state, '/cgi-bin/externalcontact/add_contact_way', (body) => {
    if (!Array.isArray(body.user) || body.user.length === 0) return { errcode: 41036, errmsg: 'invalid user' }
    if (String(body.state ?? '').length > 30) return { errcode: 40058, errmsg: 'invalid state' }
    const configId = randomBytes(16).toString('hex')
    state.contactWays.set(configId, String(body.state))
    return { ...ok, config_id: configId, qr_code: `https://wework.qpic.cn/wwpic/${configId}` }
  })
  post(server, state, '/cgi-bin/externalcontact/send_welcome_msg', (body) => sendWelcome(state, body))
  post(server, state, '/cgi-bin/message/send', (body) => sendMessage(state, body))
}

function sendWelcome(state: State, body: Body): object {
  const code = state.welcomeCodes.get(String(body.welcome_code))
  if (!code || code.until < Date.now()) return { errcode: 41050, errmsg: 'invalid welcome code' }
  if (code.isUsed) return { errcode: 41051, errmsg: 'welcome message has been sent' }
  code.isUsed = true
  deliver(state, 'WELCOME', code.externalUserId, (body.text as { content: string }).content)
  return ok
}

/** With enable_duplicate_check an identical body within the interval is accepted and not delivered again. */
function sendMessage(state: State, body: Body): object {
  if (!body.touser) return { errcode: 40003, errmsg: 'invalid touser' }
  const key = JSON.stringify(body)
  const interval = Number(body.duplicate_check_interval ?? 1800) * 1000
  const isRepeat = body.enable_duplicate_check === 1 && (state.sentBodies.get(key) ?? 0) > Date.now() - interval
  if (!isRepeat) deliver(state, 'WECOM', String(body.touser), (body.text as { content: string }).content)
  state.sentBodies.set(key, Date.now())
  return { ...ok, msgid: randomBytes(12).toString('base64url') }
}

function deliver(state: State, channel: 'WECOM' | 'WELCOME', to: string, text: string): void {
  state.deliveries.push({ channel, to, text, at: new Date().toISOString(), messageId: '' })
}

function get(server: FastifyInstance, state: State, path: string, answer: (query: Query) => object): void {
  server.get<{ Querystring: Query }>(path, ({ query }) => guarded(state, path, query.access_token, () => answer(query)))
}

function post(server: FastifyInstance, state: State, path: string, answer: (body: Body) => object): void {
  server.post<{ Querystring: Query; Body: Body }>(path, ({ query, body }) => guarded(state, path, query.access_token, () => answer(body)))
}

/** Token, rate limit and injected faults, as the platform applies them to every call. */
async function guarded(state: State, path: string, token: string | undefined, answer: () => object): Promise<object> {
  const fault = takeFault(state, path)
  if (fault === 'expired-token') state.tokens.delete(token ?? '')
  const known = state.tokens.get(token ?? '')
  if (!known) return { errcode: 40014, errmsg: 'invalid access_token' }
  if (known.until < Date.now()) return { errcode: 42001, errmsg: 'access_token expired' }
  if (fault === 'rate-limit' || isOverLimit(state, `${known.corpId}|${path}`))
    return { errcode: 45009, errmsg: 'reach max api daily quota limit' }
  if (fault === 'busy') return { errcode: -1, errmsg: 'system busy' }
  if (fault === 'server-error') throw new Error('injected')
  const result = answer()
  if (fault === 'hang-after-accept') await sleep(HANG_MS)
  return result
}

function isOverLimit({ calls, callsPerMinute }: State, key: string): boolean {
  const minute = Math.floor(Date.now() / 60_000)
  const known = calls.get(key)
  const count = known?.minute === minute ? known.count + 1 : 1
  calls.set(key, { minute, count })
  return count > callsPerMinute
}

/** Encrypts, signs and pushes a callback; a person who adds somebody gets a welcome code that works for 20 seconds. */
export async function pushWecom(
  state: State,
  corp: WecomCorp,
  fields: Record<string, string | number>,
  fault?: PushFault,
): Promise<number> {
  const xml = `<xml>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${typeof value === 'number' ? value : `<![CDATA[${value}]]>`}</${name}>`)
    .join('')}</xml>`
  const [timestamp, nonce] = [String(Math.floor(Date.now() / 1000)), randomBytes(8).toString('hex')]
  const cipherText = encrypt(corp.encodingAesKey, xml, corp.corpId)
  const query = new URLSearchParams({ msg_signature: getSignature(corp.token, timestamp, nonce, cipherText), timestamp, nonce })
  const body = `<xml><ToUserName><![CDATA[${corp.corpId}]]></ToUserName><AgentID>${corp.agentId}</AgentID><Encrypt><![CDATA[${cipherText}]]></Encrypt></xml>`
  const send = async () => {
    const response = await request(`${corp.callbackUrl}?${query}`, { method: 'POST', body, headers: { 'content-type': 'text/xml' } })
    await response.body.dump()
    return response.statusCode
  }
  return withPushFault(state, send, fault)
}

export async function withPushFault(state: State, send: () => Promise<number>, fault: PushFault | undefined): Promise<number> {
  if (fault === 'reorder') {
    state.heldPush = async () => void (await send())
    return 202
  }
  if (fault === 'late') await sleep(3_000)
  const status = await send()
  if (fault === 'duplicate') await send()
  const held = state.heldPush
  state.heldPush = undefined
  await held?.()
  return status
}

export function issueWelcomeCode(state: State, externalUserId: string): string {
  const code = `CODE_${randomBytes(12).toString('hex')}`
  state.welcomeCodes.set(code, { externalUserId, until: Date.now() + WELCOME_MS, isUsed: false })
  return code
}
