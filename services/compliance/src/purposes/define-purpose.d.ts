import { z } from 'zod'
import type { Context } from '../context.ts'
import { type Purpose } from './purpose.table.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    key: z.ZodString
    name: z.ZodString
    consentLevel: z.ZodEnum<{
      GENERAL: 'GENERAL'
      SEPARATE: 'SEPARATE'
      WRITTEN: 'WRITTEN'
    }>
    noticeText: z.ZodString
  },
  z.core.$strip
>
export type PurposeWithNotice = Purpose & {
  noticeHash: string
  noticeText: string
}
/** Defines a purpose. The same notice again changes nothing; another text is a new version, and stales older consents. */
export declare function definePurpose(ctx: Context, raw: z.input<typeof Input>): Promise<PurposeWithNotice>
export {}
