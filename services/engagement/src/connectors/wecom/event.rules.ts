/** Translates WeCom's callbacks. */
import { spell } from '@renmai/platform/people/identifier.rules'
import { AppError } from '@renmai/platform/serve/errors'
import type { Incoming, Person } from '../incoming.ts'

type Fields = Record<string, string>

const HALF = 'add_half_external_contact'
const ADDITIONS = ['add_external_contact', HALF]
const LOST_BY = new Map<string, 'STAFF' | 'CUSTOMER'>([
  ['del_external_contact', 'STAFF'],
  ['del_follow_user', 'CUSTOMER'],
])

/** A contact of the corp. The id is the address that messages go to. */
export const personOf = (corpId: string, externalUserId: string): Person => ({
  source: `wecom:${corpId}`,
  externalId: externalUserId,
  identifiers: [{ namespace: `external_userid@${corpId}`, value: externalUserId, isVerified: true }],
  displayName: '',
})

/**
 * The unionid is present where the corp may read it. It belongs to the subject of the open platform that the corp is bound to: only
 * accounts of the same subject give one person the same unionid. Without a subject it could meet nothing, and is left out.
 */
export function withDetails(
  person: Person,
  subject: string | null | undefined,
  { name, unionid }: { name: string; unionid: string | undefined },
): Person {
  const union = unionid && subject ? [{ namespace: `unionid@${subject}`, value: unionid, isVerified: true }] : []
  return { ...person, displayName: name, identifiers: [...person.identifiers, ...union] }
}

export function readEvent(fields: Fields, corpId: string): Incoming {
  const { MsgType = '', CreateTime = '0', Event = '' } = fields
  const at = new Date(Number(CreateTime) * 1000)
  if (MsgType === 'event')
    return Event === 'change_external_contact' ? readContactEvent(fields, at, corpId) : { kind: 'OTHER', name: Event }
  // Only members of staff can write to an app.
  return { kind: 'OTHER', name: `${MsgType} of a member of staff` }
}

function readContactEvent(fields: Fields, at: Date, corpId: string): Incoming {
  const { ChangeType = '', UserID: staffUserId = '', ExternalUserID: externalUserId = '' } = fields
  const { State: state = '', WelcomeCode: welcomeCode = '' } = fields
  const lostBy = LOST_BY.get(ChangeType)
  const isOfContact = ADDITIONS.includes(ChangeType) || lostBy !== undefined
  const spelled = spell(`external_userid@${corpId}`, externalUserId)
  // Without it the event would be of a person whom nothing identifies.
  if (isOfContact && 'code' in spelled) throw new AppError('INVALID', `ExternalUserID: ${spelled.message}`)
  const contact = { channel: 'WECOM', person: personOf(corpId, externalUserId), staffUserId, externalUserId, at } as const
  if (ADDITIONS.includes(ChangeType)) return { kind: 'CONTACT_ADDED', ...contact, isHalf: ChangeType === HALF, state, welcomeCode }
  return lostBy ? { kind: 'CONTACT_LOST', ...contact, lostBy } : { kind: 'OTHER', name: ChangeType }
}

/**
 * Identity of an event, the same in all of its pushes: MsgId, or all of its fields. WeCom repeats a push word for word, while events of
 * one second differ in fields that depend on their kind: the group, the tag, the detail of the change.
 */
export function identityOf(fields: Fields): string {
  if (fields.MsgId) return JSON.stringify(['msg', fields.MsgId])
  return JSON.stringify(['event', ...Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))])
}
