import type { WecomAccount as Account } from './credentials.ts'
import { type Reply, send, WecomError } from './request.ts'
import { refreshToken, tokenOf, type WecomReach } from './token.ts'

const EXPIRED_TOKEN = [40014, 42001]

/** Calls the API; a token that has expired is renewed once. */
async function call(reach: WecomReach, account: Account, path: string, body?: object): Promise<Reply> {
  const attempt = async (token: string) => send(`${reach.url}/cgi-bin/${path}${path.includes('?') ? '&' : '?'}access_token=${token}`, body)
  try {
    return await attempt(await tokenOf(reach, account))
  } catch (error) {
    if (!(error instanceof WecomError && EXPIRED_TOKEN.includes(error.errcode))) throw error
    return attempt((await refreshToken(reach, account)).token)
  }
}

export async function readAgent(reach: WecomReach, account: Account): Promise<string> {
  return String((await call(reach, account, `agent/get?agentid=${account.credentials.agentId}`)).name)
}

/** externalcontact/add_contact_way */
export async function addContactWay(
  reach: WecomReach,
  account: Account,
  way: { state: string; user: string[]; skip_verify: boolean; remark: string },
) {
  const reply = await call(reach, account, 'externalcontact/add_contact_way', { type: way.user.length === 1 ? 1 : 2, scene: 2, ...way })
  return { configId: String(reply.config_id), qrUrl: String(reply.qr_code) }
}

/** externalcontact/get: the name, and the unionid where the corp may read it. */
export async function readExternalContact(
  reach: WecomReach,
  account: Account,
  externalUserId: string,
): Promise<{ name: string; unionid: string | undefined }> {
  const reply = await call(reach, account, `externalcontact/get?external_userid=${encodeURIComponent(externalUserId)}`)
  const contact = reply.external_contact as { name?: string; unionid?: string } | undefined
  return { name: contact?.name ?? '', unionid: contact?.unionid }
}

/** externalcontact/send_welcome_msg */
export async function sendWelcome(reach: WecomReach, account: Account, code: string, text: string): Promise<void> {
  await call(reach, account, 'externalcontact/send_welcome_msg', { welcome_code: code, text: { content: text } })
}

/** message/send, with the platform's own check for duplicates switched on. */
export async function sendMessage(reach: WecomReach, account: Account, to: string, text: string): Promise<string> {
  const body = {
    touser: to,
    msgtype: 'text',
    agentid: account.credentials.agentId,
    text: { content: text },
    enable_duplicate_check: 1,
    duplicate_check_interval: 14_400,
  }
  return String((await call(reach, account, 'message/send', body)).msgid)
}
