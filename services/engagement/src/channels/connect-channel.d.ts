import { z } from 'zod'
import type { Context } from '../context.ts'
import { type ChannelAccount } from './channel-account.table.ts'
/** What is shown of an account: everything but its credentials. */
export type ShownAccount = Omit<ChannelAccount, 'credentials'>
declare const Wecom: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    name: z.ZodString
    corpId: z.ZodString
    agentId: z.ZodInt
    secret: z.ZodString
    token: z.ZodString
    encodingAesKey: z.ZodString
  },
  z.core.$strip
>
declare const Youzan: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    name: z.ZodString
    kdtId: z.ZodString
    clientId: z.ZodString
    clientSecret: z.ZodString
  },
  z.core.$strip
>
declare const Smtp: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    name: z.ZodString
    host: z.ZodString
    port: z.ZodInt
    user: z.ZodOptional<z.ZodNullable<z.ZodString>>
    password: z.ZodOptional<z.ZodNullable<z.ZodString>>
    from: z.ZodEmail
  },
  z.core.$strip
>
declare const Source: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    name: z.ZodString
    channel: z.ZodString
  },
  z.core.$strip
>
export declare function connectWecom(ctx: Context, raw: z.input<typeof Wecom>): Promise<ShownAccount>
export declare function connectYouzan(ctx: Context, raw: z.input<typeof Youzan>): Promise<ShownAccount>
export declare function connectSmtp(ctx: Context, raw: z.input<typeof Smtp>): Promise<ShownAccount>
export type CreatedSource = {
  account: ShownAccount
  secret: string | null
}
/** Creates a source with its signing secret, which is in this answer only. */
export declare function createEventSource(ctx: Context, raw: z.input<typeof Source>): Promise<CreatedSource>
export {}
