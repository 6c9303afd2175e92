/** What WeCom's callbacks mean to us. Events that we do not know are kept and acknowledged, not errors. */
export type WecomEvent =
  | { kind: 'ADDED'; staffUserId: string; externalUserId: string; state: string; welcomeCode: string; at: Date }
  | { kind: 'LOST'; staffUserId: string; externalUserId: string; lostBy: 'STAFF' | 'CUSTOMER'; at: Date }
  | { kind: 'MESSAGE'; fromUserId: string; messageId: string; type: string; text: string; at: Date }
  | { kind: 'OTHER'; name: string }

const LOST_BY: Record<string, 'STAFF' | 'CUSTOMER'> = { del_external_contact: 'STAFF', del_follow_user: 'CUSTOMER' }

export function readEvent(fields: Record<string, string>): WecomEvent {
  const at = new Date(Number(fields.CreateTime ?? 0) * 1000)
  if (fields.MsgType !== 'event') {
    return {
      kind: 'MESSAGE',
      fromUserId: fields.FromUserName ?? '',
      messageId: fields.MsgId ?? '',
      type: fields.MsgType ?? '',
      text: fields.Content ?? '',
      at,
    }
  }
  const { ChangeType = '', UserID: staffUserId = '', ExternalUserID: externalUserId = '' } = fields
  if (fields.Event !== 'change_external_contact') return { kind: 'OTHER', name: `${fields.Event}` }
  if (ChangeType === 'add_external_contact' || ChangeType === 'add_half_external_contact') {
    return { kind: 'ADDED', staffUserId, externalUserId, state: fields.State ?? '', welcomeCode: fields.WelcomeCode ?? '', at }
  }
  const lostBy = LOST_BY[ChangeType]
  return lostBy ? { kind: 'LOST', staffUserId, externalUserId, lostBy, at } : { kind: 'OTHER', name: ChangeType }
}

/** One key per thing that happened, whatever the number of pushes: MsgId, or what tells events apart. */
export function dedupeKeyOf(fields: Record<string, string>): string {
  if (fields.MsgId) return `msg:${fields.MsgId}`
  return ['event', fields.FromUserName, fields.CreateTime, fields.Event, fields.ChangeType, fields.UserID, fields.ExternalUserID].join(':')
}
