import type { Tx } from '@renmai/platform/db'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { type Coupon, type CouponTemplate } from './coupon.table.ts'

declare const Lock: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    code: z.ZodString
    orderKey: z.ZodString
    eligibleMinor: z.ZodInt
  },
  z.core.$strip
>
declare const Settle: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    code: z.ZodString
    orderKey: z.ZodString
  },
  z.core.$strip
>
/** Holds a coupon for an order and says what it takes off. */
export declare function lockCoupon(ctx: Context, raw: z.input<typeof Lock>): Promise<Coupon>
/** Uses a held coupon up. */
export declare function confirmCoupon(ctx: Context, raw: z.input<typeof Settle>): Promise<Coupon>
/** Lets a held coupon go. */
export declare function releaseCoupon(ctx: Context, raw: z.input<typeof Settle>): Promise<Coupon>
export declare function lock(tx: Tx, code: string, orderKey: string, eligibleMinor: number, now: Date): Promise<Coupon>
export declare function confirm(tx: Tx, coupon: Coupon, template: CouponTemplate, orderKey: string, now: Date): Promise<Coupon>
/** Reads a coupon for change. A mistyped code is found out by its check symbol, without a look. */
export declare function find(
  tx: Tx,
  text: string,
): Promise<{
  coupon: Coupon
  template: CouponTemplate
}>
export declare function change(tx: Tx, coupon: Coupon, values: Partial<Coupon>): Promise<Coupon>
export {}
