/** Translates Telegram's updates. */
import { AppError } from '@renmai/platform/serve/errors'
import { z } from 'zod'
import type { Incoming, Person } from '../incoming.ts'

const User = z.object({ id: z.int(), is_bot: z.boolean(), first_name: z.string(), last_name: z.string().optional() })
const Chat = z.object({ id: z.int(), type: z.string() })
const Message = z.looseObject({
  message_id: z.int(),
  from: User.optional(),
  chat: Chat,
  date: z.int(),
  text: z.string().optional(),
  caption: z.string().optional(),
})
const MemberChange = z.object({ chat: Chat, from: User, date: z.int(), new_chat_member: z.object({ status: z.string() }) })
const Update = z.object({ message: Message.optional(), my_chat_member: MemberChange.optional() })
/** The least that an update must have to be stored; a stored update that cannot be read is parked. */
export const UpdateNo = z.object({ update_id: z.int() })

/** Kinds of content, each a field of the message. */
const CONTENTS = ['text', 'photo', 'document', 'contact', 'voice', 'audio', 'video', 'video_note', 'sticker', 'location'] as const
const PRIVATE = 'private'

/** Telegram repeats an update, with the same number, until it is accepted. */
export const identityOf = ({ update_id }: z.output<typeof UpdateNo>): string => JSON.stringify(['update', update_id])

/** @param botId the bot of the account; contacts are contacts of this bot */
export function readUpdate(text: string, botId: string): Incoming {
  const { success, data: update } = Update.safeParse(JSON.parse(text))
  if (!success) throw new AppError('INVALID', 'The update cannot be read')
  if (update.message) return readMessage(update.message, botId)
  return update.my_chat_member ? readMemberChange(update.my_chat_member, botId) : { kind: 'OTHER', name: 'another update' }
}

/** In a private chat the chat's id is the person's id. It is also the address of messages. */
const personOf = ({ id, first_name, last_name }: z.output<typeof User>, botId: string): Person => ({
  source: `telegram:${botId}`,
  externalId: String(id),
  identifiers: [{ namespace: 'telegram_id', value: String(id), isVerified: true }],
  displayName: [first_name, last_name].filter(Boolean).join(' '),
})

function readMessage(message: z.output<typeof Message>, botId: string): Incoming {
  const { from, chat, date, message_id, text, caption } = message
  if (!from || from.is_bot || chat.type !== PRIVATE) return { kind: 'OTHER', name: `message in a ${chat.type} chat` }
  return {
    kind: 'MESSAGE_RECEIVED',
    channel: 'TELEGRAM',
    person: personOf(from, botId),
    // Telegram counts the messages of each chat.
    messageId: `${chat.id}:${message_id}`,
    type: CONTENTS.find((one) => message[one] !== undefined) ?? 'other',
    text: text ?? caption ?? '',
    at: new Date(date * 1_000),
  }
}

/** A person who starts the bot again, or blocks it. */
function readMemberChange({ chat, from, date, new_chat_member: { status } }: z.output<typeof MemberChange>, botId: string): Incoming {
  if (chat.type !== PRIVATE) return { kind: 'OTHER', name: `my_chat_member in a ${chat.type} chat` }
  const head = { channel: 'TELEGRAM', person: personOf(from, botId), at: new Date(date * 1_000) } as const
  const contact = { ...head, staffUserId: botId, externalUserId: String(from.id) }
  if (status === 'member') return { kind: 'CONTACT_ADDED', ...contact, isHalf: false, state: '', welcomeCode: '' }
  if (status === 'kicked') return { kind: 'CONTACT_LOST', ...contact, lostBy: 'CUSTOMER' }
  return { kind: 'OTHER', name: 'my_chat_member' }
}
