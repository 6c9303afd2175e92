import type { Tx } from '@renmai/platform/db'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { type Coupon } from './coupon.table.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    templateId: z.ZodUUID
    profileId: z.ZodUUID
  },
  z.core.$strip
>
/** Gives one coupon by hand. */
export declare function issueCoupon(ctx: Context, raw: z.input<typeof Input>): Promise<Coupon>
export type Wish = {
  templateId: string
  profileId: string
  sourceKey: string
  journeyId: string | null
  now: Date
}
export type Issued =
  | {
      coupon: Coupon
    }
  | {
      refusal: 'NO_SUCH_TEMPLATE' | 'OUT_OF_STOCK' | 'LIMIT_PER_CUSTOMER'
    }
/**
 * Gives a coupon within the stock and the limit per customer. The lock on the template makes those who ask at once
 * wait for each other; the same cause gets the same coupon.
 */
export declare function issue(tx: Tx, { templateId, profileId, sourceKey, journeyId, now }: Wish): Promise<Issued>
export {}
