/** Translates WeCom's callbacks. */
import type { Incoming, Person } from '../incoming.ts'

type Fields = Record<string, string>

const ADDITIONS = ['add_external_contact', 'add_half_external_contact']
const LOST_BY: Record<string, 'STAFF' | 'CUSTOMER'> = { del_external_contact: 'STAFF', del_follow_user: 'CUSTOMER' }

/** A contact of the corp. The id is the address that messages go to. */
export const personOf = (corpId: string, externalUserId: string): Person => ({
  source: `wecom:${corpId}`,
  externalId: externalUserId,
  identifiers: [{ namespace: `external_userid@${corpId}`, value: externalUserId, isVerified: true }],
  displayName: '',
})

/** The unionid is present where the corp may read it. */
export function withDetails(person: Person, corpId: string, { name, unionid }: { name: string; unionid: string | undefined }): Person {
  const union = unionid ? [{ namespace: `unionid@${corpId}`, value: unionid, isVerified: true }] : []
  return { ...person, displayName: name, identifiers: [...person.identifiers, ...union] }
}

export function readEvent(fields: Fields, corpId: string): Incoming {
  const { MsgType, CreateTime = '0', FromUserName = '', MsgId = '', Content = '', Event = '' } = fields
  const at = new Date(Number(CreateTime) * 1000)
  if (MsgType === 'event')
    return Event === 'change_external_contact' ? readContactEvent(fields, at, corpId) : { kind: 'OTHER', name: Event }
  const head = { channel: 'WECOM', person: personOf(corpId, FromUserName), at } as const
  return { kind: 'MESSAGE_RECEIVED', ...head, messageId: MsgId, type: MsgType ?? '', text: Content }
}

function readContactEvent(fields: Fields, at: Date, corpId: string): Incoming {
  const { ChangeType = '', UserID: staffUserId = '', ExternalUserID: externalUserId = '' } = fields
  const { State: state = '', WelcomeCode: welcomeCode = '' } = fields
  const contact = { channel: 'WECOM', person: personOf(corpId, externalUserId), staffUserId, externalUserId, at } as const
  if (ADDITIONS.includes(ChangeType)) return { kind: 'CONTACT_ADDED', ...contact, state, welcomeCode }
  const lostBy = LOST_BY[ChangeType]
  return lostBy ? { kind: 'CONTACT_LOST', ...contact, lostBy } : { kind: 'OTHER', name: ChangeType }
}

/** Identity of an event, the same in all of its pushes: MsgId, or the fields that distinguish events. */
export function identityOf(fields: Fields): string {
  if (fields.MsgId) return JSON.stringify(['msg', fields.MsgId])
  const { FromUserName, CreateTime, Event, ChangeType, UserID, ExternalUserID } = fields
  return JSON.stringify(['event', FromUserName, CreateTime, Event, ChangeType, UserID, ExternalUserID])
}
