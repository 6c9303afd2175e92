import { z } from 'zod'
import type { Context } from '../context.ts'

declare const Input: z.ZodObject<
  {
    from: z.ZodISODate
    to: z.ZodISODate
  },
  z.core.$strip
>
/** The numbers of each day in the tenant's zone and currency, with the moment up to which they are complete. */
export declare function readKpis(
  ctx: Context,
  raw: z.input<typeof Input>,
): Promise<{
  watermark: Date | null
  isComplete: boolean
  days: {
    revenue: {
      amountMinor: string
      currency: string
    }
    refunded: {
      amountMinor: string
      currency: string
    }
    day: string
    couponsRedeemed: number
    messagesBlocked: number
    messagesSent: number
    orders: number
    touchpoints: number
  }[]
}>
export {}
