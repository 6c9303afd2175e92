import { z } from 'zod'
import type { Context } from '../context.ts'
import { type Consent } from './consent.table.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    profileId: z.ZodUUID
    purpose: z.ZodString
    channel: z.ZodString
    method: z.ZodString
    evidence: z.ZodOptional<z.ZodNullable<z.ZodString>>
    at: z.ZodOptional<z.ZodNullable<z.ZodCoercedDate<unknown>>>
  },
  z.core.$strip
>
export declare function grantConsent(ctx: Context, raw: z.input<typeof Input>): Promise<Consent>
export declare function withdrawConsent(ctx: Context, raw: z.input<typeof Input>): Promise<Consent>
export {}
