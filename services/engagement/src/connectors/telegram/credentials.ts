import { z } from 'zod'
import type { Account } from '../connector.ts'

export const TelegramCredentials = z.object({
  token: z.string().regex(/^\d{1,16}:[\w-]{30,64}$/, 'a bot token, such as 123456:ABC-DEF...'),
})

/** Includes the secret that Telegram sends with each update. */
export type TelegramCredentials = z.output<typeof TelegramCredentials> & { webhookSecret: string }
export type TelegramAccount = Account<TelegramCredentials>
