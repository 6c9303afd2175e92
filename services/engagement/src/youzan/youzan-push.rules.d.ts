import { z } from 'zod'
import type { IncomingOrder } from '../orders/order.rules.ts'
/** What a push may hold; what else it holds is not read. */
export declare const YouzanPush: z.ZodObject<
  {
    id: z.ZodOptional<z.ZodString>
    msg_id: z.ZodOptional<z.ZodString>
    client_id: z.ZodOptional<z.ZodString>
    type: z.ZodOptional<z.ZodString>
    msg: z.ZodOptional<z.ZodString>
    kdt_id: z.ZodOptional<z.ZodUnion<readonly [z.ZodNumber, z.ZodString]>>
    sign: z.ZodOptional<z.ZodString>
    version: z.ZodOptional<z.ZodUnion<readonly [z.ZodNumber, z.ZodString]>>
    test: z.ZodOptional<z.ZodBoolean>
    status: z.ZodOptional<z.ZodString>
  },
  z.core.$strip
>
export type YouzanPush = z.output<typeof YouzanPush>
/** @throws AppError UNAUTHENTICATED */
export declare function verifyPush(
  push: YouzanPush,
  {
    clientId,
    clientSecret,
    kdtId,
  }: {
    clientId: string
    clientSecret: string
    kdtId: string
  },
): void
/**
 * Turns a trade push into an order. Times are Beijing time, amounts yuan with two decimals.
 * @throws AppError INVALID when what an order needs is missing
 */
export declare function readOrder(push: YouzanPush): IncomingOrder
