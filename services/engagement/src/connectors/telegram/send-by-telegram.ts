import { AppError } from '@renmai/platform/serve/errors'
import type { Handover, Outbound, Reach } from '../connector.ts'
import { call, isBroken, refusalOf, TelegramError } from './client.ts'
import type { TelegramAccount } from './credentials.ts'

/** A bot can write only to people who wrote to it first. Telegram refuses others (403), and chats that do not exist (400). */
export async function sendByTelegram({ credentials }: TelegramAccount, { address, body }: Outbound, { url }: Reach): Promise<Handover> {
  // Telegram also accepts @names of public channels and negative ids of groups.
  if (!/^\d{1,16}$/.test(address)) return { outcome: 'REJECTED', reason: 'TELEGRAM_NOT_ONE_ADDRESS' }
  try {
    const message = await call<{ message_id: number }>(url, credentials.token, 'sendMessage', { chat_id: Number(address), text: body })
    return { outcome: 'SENT', providerId: String(message.message_id) }
  } catch (error) {
    if (error instanceof TelegramError) {
      const reason = `TELEGRAM_${error.code}`
      return isBroken(error.code) ? { outcome: 'LATER', reason, broken: refusalOf(error) } : { outcome: outcomeOf(error.code), reason }
    }
    const wasRefused = error instanceof AppError && error.code === 'UNAVAILABLE'
    return wasRefused ? { outcome: 'LATER', reason: 'TELEGRAM_UNREACHABLE' } : { outcome: 'UNKNOWN', reason: 'TELEGRAM_NO_ANSWER' }
  }
}

/** After a fault of Telegram the message may have been sent. */
function outcomeOf(code: number): 'LATER' | 'UNKNOWN' | 'REJECTED' {
  if (code === 429) return 'LATER'
  return code >= 500 ? 'UNKNOWN' : 'REJECTED'
}
