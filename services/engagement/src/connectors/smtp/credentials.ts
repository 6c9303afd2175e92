import { z } from 'zod'
import type { Account } from '../connector.ts'

export const SmtpCredentials = z.object({
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65535),
  user: z.string().max(320).nullish(),
  password: z.string().max(500).nullish(),
  from: z.email(),
})
export type SmtpCredentials = z.output<typeof SmtpCredentials>
export type SmtpAccount = Account<SmtpCredentials>
