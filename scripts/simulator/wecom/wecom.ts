import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type State, takeFault } from '../state.ts'
import {
  type Answer,
  type Body,
  type Corp,
  endToken,
  followersOf,
  issueToken,
  ok,
  openToken,
  people,
  type Query,
  refuse,
  relationOf,
} from './corp.ts'
import { sendAppMessage } from './messages.ts'
import { serveOrders } from './orders.ts'
import { addMassMessage, cancelMassMessage, getSendResult, getTask, remindMembers } from './tasks.ts'
import { addContactWay, deleteContactWay, updateContactWay } from './ways.ts'
import { sendWelcome } from './welcomes.ts'

const HANG_MS = 15_000
const WELCOME = '/cgi-bin/externalcontact/send_welcome_msg'
/** Calls in the running minute, by corp and path. */
const calls = new Map<string, { minute: number; count: number }>()

/** The WeCom API as far as we call it, with its limits and error codes. Every answer has the status 200. */
export function serveWecom(server: FastifyInstance, state: State): void {
  server.get<{ Querystring: Query }>('/cgi-bin/gettoken', ({ query }) => issueToken(query))
  const get = (path: string, answer: (corp: Corp, query: Query) => Answer) =>
    server.get<{ Querystring: Query }>(path, (request) => guarded(state, path, request, (corp) => answer(corp, request.query)))
  const post = (path: string, answer: (corp: Corp, body: Body) => Answer) =>
    server.post<{ Querystring: Query; Body: Body }>(path, (request) => guarded(state, path, request, (corp) => answer(corp, request.body)))
  get('/cgi-bin/agent/get', ({ agentId }, { agentid }) =>
    agentid === String(agentId) ? { ...ok, agentid: agentId, name: 'Renmai' } : refuse(301002, 'not allow operate another agent'),
  )
  get('/cgi-bin/externalcontact/get', getContact)
  post('/cgi-bin/externalcontact/add_contact_way', addContactWay)
  post('/cgi-bin/externalcontact/update_contact_way', updateContactWay)
  post('/cgi-bin/externalcontact/del_contact_way', deleteContactWay)
  post(WELCOME, (corp, body) => sendWelcome(state, corp, body, WELCOME))
  post('/cgi-bin/externalcontact/add_msg_template', addMassMessage)
  post('/cgi-bin/externalcontact/get_groupmsg_task', getTask)
  post('/cgi-bin/externalcontact/get_groupmsg_send_result', getSendResult)
  post('/cgi-bin/externalcontact/cancel_groupmsg_send', cancelMassMessage)
  post('/cgi-bin/externalcontact/remind_groupmsg_send', remindMembers)
  post('/cgi-bin/message/send', (corp, body) => sendAppMessage(state, corp, body))
  serveOrders(server, state)
}

function getContact(corp: Corp, { external_userid: id = '' }: Query): Answer {
  const followers = followersOf(corp, id)
  if (followers.length === 0) return refuse(84061, 'not external contact')
  const follow_user = followers.map((userid) => {
    const { state, addWay, remark, createTime } = relationOf(corp, userid, id)!
    return { userid, remark, createtime: createTime, add_way: addWay, ...(state ? { state } : {}), tags: [] }
  })
  const { name, unionid } = people.get(id) ?? { name: '', unionid: '' }
  return { ...ok, external_contact: { external_userid: id, type: 1, name, ...(unionid ? { unionid } : {}) }, follow_user }
}

/** Token, permissions, rate limit and injected faults, as the platform applies them to every call. */
async function guarded(
  state: State,
  path: string,
  { query, ip }: Pick<FastifyRequest<{ Querystring: Query }>, 'query' | 'ip'>,
  answer: (corp: Corp) => Answer,
): Promise<Answer> {
  const fault = takeFault(state, path)
  if (fault === 'expired-token') endToken(query.access_token ?? '')
  const corp = openToken(query.access_token, ip, path)
  if ('errcode' in corp) return corp
  if (fault === 'rate-limit' || isOverLimit(state, `${corp.corpId}|${path}`)) return refuse(45009, 'api freq out of limit')
  if (fault === 'busy') return refuse(-1, 'system busy')
  if (fault === 'server-error') throw new Error('injected')
  const result = answer(corp)
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
