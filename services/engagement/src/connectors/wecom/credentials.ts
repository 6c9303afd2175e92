import { z } from 'zod'
import type { Account } from '../connector.ts'

export const WecomCredentials = z.object({
  corpId: z.string().regex(/^\w{8,64}$/),
  agentId: z.int().positive(),
  secret: z.string().min(1).max(500),
  token: z.string().regex(/^[A-Za-z0-9]{3,32}$/),
  encodingAesKey: z.string().regex(/^[A-Za-z0-9]{43}$/, '43 letters and digits'),
  openPlatformSubject: z
    .string()
    .regex(/^[\w-]{1,64}$/, '1 to 64 letters, digits, _ and -')
    .nullish(),
})
export type WecomCredentials = z.output<typeof WecomCredentials>
export type WecomAccount = Account<WecomCredentials>
