import { z } from 'zod'
import type { Context } from '../context.ts'
import { type CouponTemplate } from './coupon.table.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    name: z.ZodString
    kind: z.ZodEnum<{
      AMOUNT_OFF: 'AMOUNT_OFF'
      PERCENT_OFF: 'PERCENT_OFF'
    }>
    currency: z.ZodString
    thresholdMinor: z.ZodInt
    amountMinor: z.ZodOptional<z.ZodNullable<z.ZodInt>>
    percent: z.ZodOptional<z.ZodNullable<z.ZodInt>>
    maxDiscountMinor: z.ZodOptional<z.ZodNullable<z.ZodInt>>
    stock: z.ZodInt
    perCustomer: z.ZodInt
    validDays: z.ZodInt
  },
  z.core.$strip
>
export declare function createCouponTemplate(ctx: Context, raw: z.input<typeof Input>): Promise<CouponTemplate>
export {}
