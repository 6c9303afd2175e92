import type { TaskWish } from '../connector.ts'
import type { WecomAccount as Account } from './credentials.ts'
import { type Reply, send, WecomError } from './request.ts'
import { refreshToken, tokenOf, type WecomReach } from './token.ts'

const EXPIRED_TOKEN = [40014, 42001]
/** Status of a member who has sent a mass message. */
const SENT = 2
/** Results of one mass message: at most 10,000 contacts. */
const [PAGE, MAX_PAGES] = [1_000, 20]

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

/** A code in WeCom's terms. */
type ContactWay = { state: string; user: string[]; skip_verify: boolean; remark: string }

/** externalcontact/add_contact_way */
export async function addContactWay(reach: WecomReach, account: Account, way: ContactWay) {
  const reply = await call(reach, account, 'externalcontact/add_contact_way', { type: way.user.length === 1 ? 1 : 2, scene: 2, ...way })
  return { configId: String(reply.config_id), qrUrl: String(reply.qr_code) }
}

/** externalcontact/update_contact_way. A code of type 1 leads to one member of staff, and its type cannot be changed. */
export const updateContactWay = (reach: WecomReach, account: Account, configId: string, way: ContactWay): Promise<unknown> =>
  call(reach, account, 'externalcontact/update_contact_way', { config_id: configId, ...way })

/** externalcontact/del_contact_way */
export const deleteContactWay = (reach: WecomReach, account: Account, configId: string): Promise<unknown> =>
  call(reach, account, 'externalcontact/del_contact_way', { config_id: configId })

type FollowUser = { userid?: string; add_way?: number; remark?: string }

/** externalcontact/get: the name, the unionid where the corp may read it, and the members that have the contact. */
export async function readExternalContact(reach: WecomReach, account: Account, externalUserId: string) {
  const reply = await call(reach, account, `externalcontact/get?external_userid=${encodeURIComponent(externalUserId)}`)
  const contact = reply.external_contact as { name?: string; unionid?: string } | undefined
  const followers = (reply.follow_user ?? []) as FollowUser[]
  return {
    name: contact?.name ?? '',
    unionid: contact?.unionid,
    follows: followers.map(({ userid, add_way: addWay, remark }) => ({ staffUserId: userid ?? '', addWay, remark: remark ?? '' })),
  }
}

/** externalcontact/send_welcome_msg */
export async function sendWelcome(reach: WecomReach, account: Account, code: string, text: string): Promise<void> {
  await call(reach, account, 'externalcontact/send_welcome_msg', { welcome_code: code, text: { content: text } })
}

/** externalcontact/add_msg_template: a mass message that one member is to send. It sends nothing by itself. */
export async function addMassMessage(reach: WecomReach, account: Account, { staffUserId, externalUserIds, body }: TaskWish) {
  const task = { chat_type: 'single', external_userid: externalUserIds, sender: staffUserId, text: { content: body } }
  const reply = await call(reach, account, 'externalcontact/add_msg_template', task)
  return { taskId: String(reply.msgid), leftOut: (reply.fail_list ?? []) as string[] }
}

/** externalcontact/get_groupmsg_task: whether the one member of a mass message has sent it. */
export async function isMassMessageSent(reach: WecomReach, account: Account, msgid: string): Promise<boolean> {
  const reply = await call(reach, account, 'externalcontact/get_groupmsg_task', { msgid })
  return ((reply.task_list ?? []) as { status?: number }[]).some(({ status }) => status === SENT)
}

/** externalcontact/get_groupmsg_send_result, all pages: status 0 not sent, 1 sent, 2 no contact, 3 too many mass messages. */
export async function readMassResults(
  reach: WecomReach,
  account: Account,
  msgid: string,
  userid: string,
): Promise<{ externalUserId: string; status: number }[]> {
  const results = []
  for (let cursor = '', page = 0; page < MAX_PAGES; page++) {
    const asked = { msgid, userid, limit: PAGE, ...(cursor ? { cursor } : {}) }
    const reply = await call(reach, account, 'externalcontact/get_groupmsg_send_result', asked)
    const sent = (reply.send_list ?? []) as { external_userid?: string; status?: number }[]
    results.push(...sent.map(({ external_userid: id, status }) => ({ externalUserId: id ?? '', status: status ?? 0 })))
    cursor = typeof reply.next_cursor === 'string' ? reply.next_cursor : ''
    if (!cursor) return results
  }
  return results
}

/** externalcontact/cancel_groupmsg_send */
export const cancelMassMessage = (reach: WecomReach, account: Account, msgid: string): Promise<unknown> =>
  call(reach, account, 'externalcontact/cancel_groupmsg_send', { msgid })
