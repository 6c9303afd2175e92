import { AppError } from '@renmai/platform/errors'
import { request } from 'undici'
import type { OpenAccount } from '../channels/credentials.ts'

/** What WeCom refuses: the code decides what to do about it. */
export class WecomError extends Error {
  override readonly name = 'WecomError'
  readonly errcode: number

  constructor(errcode: number, errmsg: string) {
    super(`WeCom ${errcode}: ${errmsg}`)
    this.errcode = errcode
  }

  /** Too many calls, or busy: to be tried again later. */
  get isRateLimit(): boolean {
    return [45009, 45033, -1].includes(this.errcode)
  }
}

type Account = OpenAccount<'WECOM'>
type Reply = { errcode?: number; errmsg?: string } & Record<string, unknown>

const DEADLINE_MS = 5_000
const EXPIRED_TOKEN = [40014, 42001]
const tokens = new Map<string, { token: string; until: number }>()
const refreshing = new Map<string, Promise<{ token: string; expiresIn: number }>>()

/** Gets a token; of several who want one at once, one asks (a second request would void the first one's answer). */
export function refreshToken(baseUrl: string, account: Account): Promise<{ token: string; expiresIn: number }> {
  const key = `${baseUrl}|${account.credentials.corpId}|${account.credentials.agentId}`
  const running = refreshing.get(key) ?? fetchToken(baseUrl, account, key).finally(() => refreshing.delete(key))
  refreshing.set(key, running)
  return running
}

async function fetchToken(baseUrl: string, { credentials }: Account, key: string) {
  const query = new URLSearchParams({ corpid: credentials.corpId, corpsecret: credentials.secret })
  const reply = await send(`${baseUrl}/cgi-bin/gettoken?${query}`)
  const [token, expiresIn] = [String(reply.access_token), Number(reply.expires_in)]
  tokens.set(key, { token, until: Date.now() + (expiresIn - 300) * 1000 })
  return { token, expiresIn }
}

async function tokenOf(baseUrl: string, account: Account): Promise<string> {
  const known = tokens.get(`${baseUrl}|${account.credentials.corpId}|${account.credentials.agentId}`)
  return known && known.until > Date.now() ? known.token : (await refreshToken(baseUrl, account)).token
}

/** Calls the API; a token that has run out is renewed once. */
async function call(baseUrl: string, account: Account, path: string, body?: object): Promise<Reply> {
  const attempt = async (token: string) => send(`${baseUrl}/cgi-bin/${path}${path.includes('?') ? '&' : '?'}access_token=${token}`, body)
  try {
    return await attempt(await tokenOf(baseUrl, account))
  } catch (error) {
    if (!(error instanceof WecomError && EXPIRED_TOKEN.includes(error.errcode))) throw error
    return attempt((await refreshToken(baseUrl, account)).token)
  }
}

/** @throws WecomError when WeCom refuses, AppError UNAVAILABLE when it cannot be reached, TIMEOUT when it may have acted */
async function send(url: string, body?: object): Promise<Reply> {
  const options = body ? { method: 'POST' as const, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}
  const response = await request(url, { ...options, signal: AbortSignal.timeout(DEADLINE_MS) }).catch(
    (error: Error & { code?: string }) => {
      const wasSent = !['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT', 'EAI_AGAIN'].includes(error.code ?? '')
      throw new AppError(wasSent ? 'TIMEOUT' : 'UNAVAILABLE', 'WeCom does not answer', undefined, { cause: error })
    },
  )
  const reply = (await response.body.json().catch(() => ({ errcode: -1, errmsg: `status ${response.statusCode}` }))) as Reply
  if (reply.errcode) throw new WecomError(reply.errcode, reply.errmsg ?? '')
  return reply
}

export async function readAgent(baseUrl: string, account: Account): Promise<string> {
  return String((await call(baseUrl, account, `agent/get?agentid=${account.credentials.agentId}`)).name)
}

/** externalcontact/add_contact_way */
export async function addContactWay(
  baseUrl: string,
  account: Account,
  way: { state: string; user: string[]; skip_verify: boolean; remark: string },
) {
  const reply = await call(baseUrl, account, 'externalcontact/add_contact_way', { type: way.user.length === 1 ? 1 : 2, scene: 2, ...way })
  return { configId: String(reply.config_id), qrUrl: String(reply.qr_code) }
}

/** externalcontact/get: the name, the unionid where the corp may see it. */
export async function readExternalContact(
  baseUrl: string,
  account: Account,
  externalUserId: string,
): Promise<{ name: string; unionid: string | undefined }> {
  const reply = await call(baseUrl, account, `externalcontact/get?external_userid=${encodeURIComponent(externalUserId)}`)
  const contact = reply.external_contact as { name?: string; unionid?: string } | undefined
  return { name: contact?.name ?? '', unionid: contact?.unionid }
}

/** externalcontact/send_welcome_msg */
export async function sendWelcome(baseUrl: string, account: Account, code: string, text: string): Promise<void> {
  await call(baseUrl, account, 'externalcontact/send_welcome_msg', { welcome_code: code, text: { content: text } })
}

/** message/send, with the platform's own check for duplicates switched on. */
export async function sendMessage(baseUrl: string, account: Account, to: string, text: string): Promise<string> {
  const body = {
    touser: to,
    msgtype: 'text',
    agentid: account.credentials.agentId,
    text: { content: text },
    enable_duplicate_check: 1,
    duplicate_check_interval: 14_400,
  }
  return String((await call(baseUrl, account, 'message/send', body)).msgid)
}
