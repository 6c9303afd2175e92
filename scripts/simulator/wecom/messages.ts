import { randomBytes } from 'node:crypto'
import type { State } from '../state.ts'
import { type Answer, type Body, type Corp, ok, refuse } from './corp.ts'

const MAX_RECEIVERS = 1_000
/** A longer text is cut here, without an error. */
const MAX_TEXT_BYTES = 2_048
/** Bodies of messages by time, for the platform's check for duplicates. */
const sentBodies = new Map<string, number>()

/**
 * A message of the app to members of the corp. Ids of anybody else come back as invaliduser, with errcode 0 as long as one id is a
 * member's.
 */
export function sendAppMessage(state: State, corp: Corp, body: Body): Answer {
  if (body.agentid !== corp.agentId) return refuse(301002, 'not allow operate another agent')
  if (body.msgtype !== 'text') return refuse(40008, 'invalid message type')
  const to = String(body.touser ?? '')
  const ids = to === '@all' ? corp.staff : to.split('|').filter(Boolean)
  if (ids.length === 0 || ids.length > MAX_RECEIVERS) return refuse(40003, 'invalid touser')
  const members = ids.filter((id) => corp.staff.includes(id) || corp.withoutContacts?.includes(id))
  if (members.length === 0) return refuse(81013, 'user & party & tag all invalid')
  const invaliduser = ids.filter((id) => !members.includes(id)).join('|')
  if (!isRepeat(body)) deliver(state, members, contentOf(body))
  return { ...ok, invaliduser, msgid: randomBytes(12).toString('base64url') }
}

/** With enable_duplicate_check an identical body within the interval is accepted and not delivered again. */
function isRepeat(body: Body): boolean {
  const key = JSON.stringify(body)
  const interval = Number(body.duplicate_check_interval ?? 1_800) * 1_000
  const last = sentBodies.get(key) ?? 0
  sentBodies.set(key, Date.now())
  return body.enable_duplicate_check === 1 && last > Date.now() - interval
}

function deliver(state: State, members: string[], text: string): void {
  const at = new Date().toISOString()
  for (const member of members) state.deliveries.push({ channel: 'STAFF', to: member, text: cut(text), at, messageId: '' })
}

const contentOf = ({ text }: Body) => (text as { content?: string } | undefined)?.content ?? ''

const cut = (text: string) => new TextDecoder().decode(Buffer.from(text).subarray(0, MAX_TEXT_BYTES), { stream: true })
