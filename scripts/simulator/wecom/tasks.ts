import { randomBytes } from 'node:crypto'
import type { State } from '../state.ts'
import { type Answer, type Body, type Corp, followersOf, ok, refuse, refuseMember, relationOf } from './corp.ts'

/** 群发: a mass message waits for each of its members, who send it to their own customers or do not. */
type Task = {
  msgid: string
  corp: Corp
  text: string
  /** Customers by the member who is to send to them. */
  members: Map<string, { sentAt: number | null; customers: Map<string, Status> }>
  isCancelled: boolean
  reminders: number[]
}
/** Not sent yet, sent, no contact any more, or the customer has had as many mass messages as are allowed. */
type Status = 0 | 1 | 2 | 3

const MAX_CUSTOMERS = 10_000
const MAX_TEXT_BYTES = 4_000
const MAX_PAGE = 1_000
const REMINDERS_A_DAY = 3
const DAY_MS = 86_400_000
const tasks = new Map<string, Task>()
/** Times of the mass messages that a customer got. */
const received = new Map<string, number[]>()

export function addMassMessage(corp: Corp, body: Body): Answer {
  const content = (body.text as { content?: string } | undefined)?.content ?? ''
  const sender = typeof body.sender === 'string' ? body.sender : undefined
  const refused = refuseContent(body, content) ?? (sender === undefined ? undefined : refuseMember(corp, sender))
  if (refused) return refused
  const members: Task['members'] = new Map()
  const failed: string[] = []
  for (const id of new Set(body.external_userid as string[])) {
    const userid = memberFor(corp, sender, id)
    if (!userid) failed.push(id)
    else if (members.has(userid)) members.get(userid)!.customers.set(id, 0)
    else members.set(userid, { sentAt: null, customers: new Map([[id, 0]]) })
  }
  if (members.size === 0) return refuse(41048, 'no customer to send')
  const msgid = `msg${randomBytes(12).toString('base64url')}`
  tasks.set(msgid, { msgid, corp, text: content, members, isCancelled: false, reminders: [] })
  return { ...ok, fail_list: failed, msgid }
}

function refuseContent({ chat_type: kind = 'single', external_userid: ids }: Body, content: string): Answer | undefined {
  if (kind !== 'single') return refuse(40058, 'invalid chat_type')
  if (content === '') return refuse(40058, 'text or attachments missing')
  if (Buffer.byteLength(content) > MAX_TEXT_BYTES) return refuse(45002, 'content size out of limit')
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > MAX_CUSTOMERS) return refuse(40058, 'invalid external_userid')
  return undefined
}

/** The given sender, who must have the customer as a contact, or else the member who added the customer last. */
function memberFor(corp: Corp, sender: string | undefined, id: string): string | undefined {
  if (sender === undefined) return followersOf(corp, id).at(-1)
  return relationOf(corp, sender, id) ? sender : undefined
}

const taskOf = (corp: Corp, { msgid }: Body) => {
  const task = tasks.get(String(msgid))
  return task?.corp.corpId === corp.corpId ? task : undefined
}
const NO_TASK = refuse(40058, 'invalid msgid')

/** A page of a list. The end is the absent cursor, not a short page. */
function page(name: string, rows: object[], { limit = 500, cursor = '' }: Body): Answer {
  if (Number(limit) < 1 || Number(limit) > MAX_PAGE) return refuse(40058, 'invalid limit')
  const from = cursor === '' ? 0 : Number(Buffer.from(String(cursor), 'base64url').toString())
  if (!Number.isInteger(from)) return refuse(40058, 'invalid cursor')
  const to = from + Number(limit)
  const next = to < rows.length ? { next_cursor: Buffer.from(String(to)).toString('base64url') } : {}
  return { ...ok, [name]: rows.slice(from, to), ...next }
}

export function getTask(corp: Corp, body: Body): Answer {
  const task = taskOf(corp, body)
  if (!task) return NO_TASK
  const rows = [...task.members].map(([userid, { sentAt }]) =>
    sentAt === null ? { userid, status: 0 } : { userid, status: 2, send_time: sentAt },
  )
  return page('task_list', rows, body)
}

export function getSendResult(corp: Corp, body: Body): Answer {
  const member = taskOf(corp, body)?.members.get(String(body.userid))
  if (!member) return NO_TASK
  const rows = [...member.customers].map(([external_userid, status]) => ({
    external_userid,
    userid: body.userid,
    status,
    ...(status === 1 ? { send_time: member.sentAt } : {}),
  }))
  return page('send_list', rows, body)
}

export function cancelMassMessage(corp: Corp, body: Body): Answer {
  const task = taskOf(corp, body)
  if (!task) return NO_TASK
  if (task.isCancelled) return refuse(41093, 'group msg has been cancelled')
  task.isCancelled = true
  return ok
}

export function remindMembers(corp: Corp, body: Body): Answer {
  const task = taskOf(corp, body)
  if (!task) return NO_TASK
  if (task.isCancelled) return refuse(41093, 'group msg has been cancelled')
  task.reminders = task.reminders.filter((at) => at > Date.now() - DAY_MS)
  if (task.reminders.length >= REMINDERS_A_DAY) return refuse(41094, 'remind too often')
  task.reminders.push(Date.now())
  return ok
}

/** A member sends the mass messages that wait for them. @returns how many */
export function confirmAll(state: State, corp: Corp, userid: string): number {
  const waiting = [...tasks.values()].filter(
    (task) => task.corp.corpId === corp.corpId && !task.isCancelled && task.members.get(userid)?.sentAt === null,
  )
  for (const task of waiting) {
    const member = task.members.get(userid)!
    member.sentAt = Math.floor(Date.now() / 1_000)
    for (const id of member.customers.keys()) member.customers.set(id, deliver(state, task, userid, id))
  }
  return waiting.length
}

function deliver(state: State, { corp, msgid, text }: Task, userid: string, id: string): Status {
  if (!relationOf(corp, userid, id)) return 2
  const key = `${corp.corpId}|${id}`
  const now = new Date()
  const [since, most] = corp.massLimit === 'DAY' ? [startOf(now, 'DAY'), 1] : [startOf(now, 'MONTH'), daysOf(now)]
  const recent = (received.get(key) ?? []).filter((at) => at >= since)
  if (recent.length >= most) return 3
  received.set(key, [...recent, now.getTime()])
  state.deliveries.push({ channel: 'WECOM', to: id, text, at: now.toISOString(), messageId: msgid })
  return 1
}

const daysOf = (now: Date) => new Date(now.getFullYear(), now.getMonth() + 1, 0).getDate()
const startOf = (now: Date, span: 'DAY' | 'MONTH') =>
  new Date(now.getFullYear(), now.getMonth(), span === 'DAY' ? now.getDate() : 1).getTime()

/** The mass messages of a corp, as its administrators see them. */
export const listTasks = (corp: Corp) =>
  [...tasks.values()]
    .filter((task) => task.corp.corpId === corp.corpId)
    .map(({ msgid, text, members, isCancelled }) => ({
      msgid,
      text,
      isCancelled,
      members: [...members].map(([userid, { customers }]) => ({ userid, customers: [...customers.keys()] })),
    }))
