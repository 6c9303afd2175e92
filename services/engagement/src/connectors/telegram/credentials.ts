import { z } from 'zod'
import type { Account } from '../connector.ts'

export const TelegramCredentials = z.object({
  token: z.string().regex(/^\d{1,16}:[\w-]{30,64}$/, 'a bot token, such as 123456:ABC-DEF...'),
})

/** With the secret that Telegram repeats with each update. */
export type TelegramCredentials = z.output<typeof TelegramCredentials> & { webhookSecret: string }
export type TelegramAccount = Account<TelegramCredentials>
