import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { encrypt, getSignature } from '@wecom/crypto'
import type { FastifyInstance } from 'fastify'
import { request } from 'undici'
import { type PushFault, type State, takeFault, withPushFault } from './state.ts'

const TOKEN_MS = 7_200_000
const WELCOME_MS = 20_000
const HANG_MS = 15_000
const ok = { errcode: 0, errmsg: 'ok' }

type Corp = { corpId: string; agentId: number; secret: string; token: string; encodingAesKey: string; callbackUrl: string }
type Contact = {
  corpId: string
  staffUserId: string
  externalUserId: string
  state?: string
  name?: string
  unionid?: string
  changeType?: string
  createTime?: number
  fault?: PushFault
}
type Message = { corpId: string; externalUserId: string; text: string; messageId: string; fault?: PushFault }

const corps = new Map<string, Corp>()
const tokens = new Map<string, { corpId: string; until: number }>()
/** Welcome codes: the time of their issue, and whether they were used. */
const welcomeCodes = new Map<string, { externalUserId: string; until: number; isUsed: boolean }>()
const people = new Map<string, { name: string; unionid: string }>()
/** Bodies of messages by time, for the platform's check for duplicates. */
const sentBodies = new Map<string, number>()
/** Calls in the running minute, by corp and path. */
const calls = new Map<string, { minute: number; count: number }>()

type Query = Record<string, string>
type Body = Record<string, unknown>

/** The WeCom API as far as we call it, with its limits and error codes. */
export function serveWecom(server: FastifyInstance, state: State): void {
  server.get<{ Querystring: Query }>('/cgi-bin/gettoken', ({ query }) => {
    const corp = corps.get(query.corpid ?? '')
    if (!corp) return { errcode: 40013, errmsg: 'invalid corpid' }
    if (corp.secret !== query.corpsecret) return { errcode: 40001, errmsg: 'invalid credential' }
    const token = randomBytes(32).toString('base64url')
    tokens.set(token, { corpId: corp.corpId, until: Date.now() + TOKEN_MS })
    return { ...ok, access_token: token, expires_in: TOKEN_MS / 1000 }
  })
  get(server, state, '/cgi-bin/agent/get', () => ({ ...ok, name: 'Renmai' }))
  get(server, state, '/cgi-bin/externalcontact/get', ({ external_userid: id = '' }) => {
    const person = people.get(id)
    return person
      ? { ...ok, external_contact: { external_userid: id, type: 1, ...person }, follow_user: [] }
      : { errcode: 84061, errmsg: 'not external contact' }
  })
  post(server, state, '/cgi-bin/externalcontact/add_contact_way', (body) => {
    if (!Array.isArray(body.user) || body.user.length === 0) return { errcode: 41036, errmsg: 'invalid user' }
    if (String(body.state ?? '').length > 30) return { errcode: 40058, errmsg: 'invalid state' }
    const configId = randomBytes(16).toString('hex')
    return { ...ok, config_id: configId, qr_code: `https://wework.qpic.cn/wwpic/${configId}` }
  })
  post(server, state, '/cgi-bin/externalcontact/send_welcome_msg', (body) => sendWelcome(state, body))
  post(server, state, '/cgi-bin/message/send', (body) => sendMessage(state, body))
  serveOrders(server, state)
}

/** Actions of the corp and its customers, ordered by tests. */
function serveOrders(server: FastifyInstance, state: State): void {
  server.post<{ Body: Corp }>('/_sim/wecom/accounts', ({ body }) => {
    corps.set(body.corpId, body)
    return ok
  })
  server.post<{ Body: Contact }>('/_sim/wecom/contact', async ({ body }) => {
    const { corpId, staffUserId, externalUserId, state: codeState = '', name, unionid = '', createTime, fault } = body
    const { changeType = 'add_external_contact' } = body
    if (name) people.set(externalUserId, { name, unionid })
    const isAdd = changeType.startsWith('add_')
    const welcome: Record<string, string> = isAdd ? { State: codeState, WelcomeCode: issueWelcomeCode(externalUserId) } : {}
    const fields = {
      ToUserName: corpId,
      FromUserName: 'sys',
      CreateTime: createTime ?? Math.floor(Date.now() / 1000),
      MsgType: 'event',
      Event: 'change_external_contact',
      ChangeType: changeType,
      UserID: staffUserId,
      ExternalUserID: externalUserId,
      ...welcome,
    }
    return { status: await pushWecom(state, corps.get(corpId)!, fields, fault) }
  })
  server.post<{ Body: Message }>('/_sim/wecom/message', async ({ body: { corpId, externalUserId, text, messageId, fault } }) => {
    const CreateTime = Math.floor(Date.now() / 1000)
    const fields = {
      ToUserName: corpId,
      FromUserName: externalUserId,
      CreateTime,
      MsgType: 'text',
      Content: text,
      MsgId: messageId,
      AgentID: 1,
    }
    return { status: await pushWecom(state, corps.get(corpId)!, fields, fault) }
  })
}

function sendWelcome(state: State, body: Body): object {
  const code = welcomeCodes.get(String(body.welcome_code))
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
  const isRepeat = body.enable_duplicate_check === 1 && (sentBodies.get(key) ?? 0) > Date.now() - interval
  if (!isRepeat) deliver(state, 'WECOM', String(body.touser), (body.text as { content: string }).content)
  sentBodies.set(key, Date.now())
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
  if (fault === 'expired-token') tokens.delete(token ?? '')
  const known = tokens.get(token ?? '')
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

function isOverLimit({ callsPerMinute }: State, key: string): boolean {
  const minute = Math.floor(Date.now() / 60_000)
  const known = calls.get(key)
  const count = known?.minute === minute ? known.count + 1 : 1
  calls.set(key, { minute, count })
  return count > callsPerMinute
}

/** Encrypts, signs and pushes a callback; a person who adds somebody gets a welcome code that works for 20 seconds. */
async function pushWecom(state: State, corp: Corp, fields: Record<string, string | number>, fault?: PushFault): Promise<number> {
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

function issueWelcomeCode(externalUserId: string): string {
  const code = `CODE_${randomBytes(12).toString('hex')}`
  welcomeCodes.set(code, { externalUserId, until: Date.now() + WELCOME_MS, isUsed: false })
  return code
}
