import { z } from 'zod'
import type { Context } from '../context.ts'
import { type Credit } from './attribution.rules.ts'

declare const Span: z.ZodObject<
  {
    model: z.ZodEnum<{
      LAST_TOUCH: 'LAST_TOUCH'
      LINEAR: 'LINEAR'
    }>
    from: z.ZodCoercedDate<unknown>
    to: z.ZodCoercedDate<unknown>
    lookbackDays: z.ZodPipe<z.ZodOptional<z.ZodNullable<z.ZodInt>>, z.ZodTransform<number, number | null | undefined>>
  },
  z.core.$strip
>
declare const Path: z.ZodObject<
  {
    orderId: z.ZodUUID
    lookbackDays: z.ZodPipe<z.ZodOptional<z.ZodNullable<z.ZodInt>>, z.ZodTransform<number, number | null | undefined>>
  },
  z.core.$strip
>
export type Report = {
  conversions: number
  revenueMinor: number
  currency: string
  channels: Credit[]
}
/** Shares the orders of a span. Contacts follow merges: those of every profile of today's customer count. */
export declare function readAttribution({ db, viewer }: Context, raw: z.input<typeof Span>): Promise<Report>
export declare function readAttributionPath({ db, viewer }: Context, raw: z.input<typeof Path>): Promise<object[]>
export {}
