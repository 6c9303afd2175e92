/** What WeCom's callbacks mean to us. Events that we do not know are kept and acknowledged, not errors. */
export type WecomEvent =
  | { kind: 'ADDED'; staffUserId: string; externalUserId: string; state: string; welcomeCode: string; at: Date }
  | { kind: 'LOST'; staffUserId: string; externalUserId: string; lostBy: 'STAFF' | 'CUSTOMER'; at: Date }
  | { kind: 'MESSAGE'; fromUserId: string; messageId: string; type: string; text: string; at: Date }
  | { kind: 'OTHER'; name: string }

const ADDITIONS = ['add_external_contact', 'add_half_external_contact']
const LOST_BY: Record<string, 'STAFF' | 'CUSTOMER'> = { del_external_contact: 'STAFF', del_follow_user: 'CUSTOMER' }

export function readEvent(fields: Record<string, string>): WecomEvent {
  const { MsgType, CreateTime = '0', FromUserName = '', MsgId = '', Content = '', Event = '' } = fields
  const at = new Date(Number(CreateTime) * 1000)
  if (MsgType !== 'event') return { kind: 'MESSAGE', fromUserId: FromUserName, messageId: MsgId, type: MsgType ?? '', text: Content, at }
  return Event === 'change_external_contact' ? readContactEvent(fields, at) : { kind: 'OTHER', name: Event }
}

function readContactEvent(fields: Record<string, string>, at: Date): WecomEvent {
  const {
    ChangeType = '',
    UserID: staffUserId = '',
    ExternalUserID: externalUserId = '',
    State: state = '',
    WelcomeCode: welcomeCode = '',
  } = fields
  if (ADDITIONS.includes(ChangeType)) return { kind: 'ADDED', staffUserId, externalUserId, state, welcomeCode, at }
  const lostBy = LOST_BY[ChangeType]
  return lostBy ? { kind: 'LOST', staffUserId, externalUserId, lostBy, at } : { kind: 'OTHER', name: ChangeType }
}

/** The same text for one thing that happened, whatever the number of pushes: MsgId, or what tells events apart. */
export function identityOf(fields: Record<string, string>): string {
  if (fields.MsgId) return JSON.stringify(['msg', fields.MsgId])
  const { FromUserName, CreateTime, Event, ChangeType, UserID, ExternalUserID } = fields
  return JSON.stringify(['event', FromUserName, CreateTime, Event, ChangeType, UserID, ExternalUserID])
}
