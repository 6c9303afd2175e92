import type { FastifyInstance } from 'fastify'
import type { PushFault, State } from '../state.ts'
import { type Corp, corps, ok, part, people, relate, relationOf } from './corp.ts'
import { push } from './push.ts'
import { confirmAll, listTasks } from './tasks.ts'
import { issueWelcomeCode } from './welcomes.ts'

type Contact = {
  corpId: string
  staffUserId: string
  externalUserId: string
  state?: string
  name?: string
  unionid?: string
  remark?: string
  addWay?: number
  changeType?: string
  createTime?: number
  fault?: PushFault
}
type Message = { corpId: string; userId: string; text: string; messageId: string; fault?: PushFault }
type Group = { corpId: string; chatId: string; changeType: string; updateDetail?: string; createTime?: number; fault?: PushFault }

const SCANNED = 1
const seconds = () => Math.floor(Date.now() / 1_000)

/** Actions of the corp, its members and its customers, ordered by tests. */
export function serveOrders(server: FastifyInstance, state: State): void {
  server.post<{ Body: Corp }>('/_sim/wecom/accounts', ({ body }) => {
    corps.set(body.corpId, { ...body, staff: body.staff ?? [] })
    return ok
  })
  server.post<{ Body: Contact }>('/_sim/wecom/contact', async ({ body }) => ({ status: await changeContact(state, body) }))
  server.post<{ Body: Message }>('/_sim/wecom/message', async ({ body: { corpId, userId, text, messageId, fault } }) => {
    const corp = corps.get(corpId)!
    const message = { MsgType: 'text', Content: text, MsgId: messageId, AgentID: corp.agentId }
    return { status: await push(state, corp, { ToUserName: corpId, FromUserName: userId, CreateTime: seconds(), ...message }, fault) }
  })
  server.post<{ Body: Group }>('/_sim/wecom/group', async ({ body: { corpId, chatId, changeType, updateDetail, createTime, fault } }) => {
    const head = { ToUserName: corpId, FromUserName: 'sys', CreateTime: createTime ?? seconds(), MsgType: 'event' }
    const change = {
      Event: 'change_external_chat',
      ChatId: chatId,
      ChangeType: changeType,
      ...(updateDetail ? { UpdateDetail: updateDetail } : {}),
    }
    return { status: await push(state, corps.get(corpId)!, { ...head, ...change }, fault) }
  })
  server.post<{ Body: { corpId: string; userId: string } }>('/_sim/wecom/confirm', ({ body: { corpId, userId } }) => ({
    confirmed: confirmAll(state, corps.get(corpId)!, userId),
  }))
  server.get<{ Querystring: { corpId: string } }>('/_sim/wecom/tasks', ({ query }) => ({ tasks: listTasks(corps.get(query.corpId)!) }))
}

function changeContact(state: State, body: Contact): Promise<number> {
  const { corpId, staffUserId, externalUserId, createTime = seconds(), changeType = 'add_external_contact', fault } = body
  const corp = corps.get(corpId)!
  if (!corp.staff.includes(staffUserId)) corp.staff.push(staffUserId)
  if (body.name) people.set(externalUserId, { name: body.name, unionid: body.unionid ?? '' })
  if (changeType.startsWith('del_')) part(corp, staffUserId, externalUserId)
  const fields = {
    ToUserName: corpId,
    FromUserName: 'sys',
    CreateTime: createTime,
    MsgType: 'event',
    Event: 'change_external_contact',
    ChangeType: changeType,
    UserID: staffUserId,
    ExternalUserID: externalUserId,
    ...(changeType.startsWith('add_') ? add(corp, body, createTime) : {}),
  }
  return push(state, corp, fields, fault)
}

/** @returns the fields of the callback that only an addition has */
function add(corp: Corp, { staffUserId, externalUserId, name = '', ...body }: Contact, createTime: number): Record<string, string> {
  const { state = '', addWay = SCANNED, remark = name } = body
  const code = issueWelcomeCode(corp, staffUserId, externalUserId, relationOf(corp, staffUserId, externalUserId) !== undefined)
  relate(corp, staffUserId, externalUserId, { state, addWay, remark, createTime })
  return { ...(state ? { State: state } : {}), ...(code ? { WelcomeCode: code } : {}) }
}
