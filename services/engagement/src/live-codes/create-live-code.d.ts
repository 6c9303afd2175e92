import { z } from 'zod'
import type { Context } from '../context.ts'
import { type LiveCode } from './live-code.table.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    accountId: z.ZodUUID
    name: z.ZodString
    state: z.ZodString
    owners: z.ZodArray<z.ZodString>
    tagIds: z.ZodOptional<z.ZodNullable<z.ZodArray<z.ZodUUID>>>
    welcomeText: z.ZodOptional<z.ZodNullable<z.ZodString>>
    skipVerify: z.ZodOptional<z.ZodNullable<z.ZodBoolean>>
  },
  z.core.$strip
>
/** Writes down the wanted code; a worker asks WeCom for it, outside the transaction. */
export declare function createLiveCode(ctx: Context, raw: z.input<typeof Input>): Promise<LiveCode>
export {}
