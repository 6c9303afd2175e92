import { z } from 'zod'
import type { Context } from '../context.ts'
import { type OrderImport } from './import.table.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    accountId: z.ZodUUID
    fileName: z.ZodString
    sha256: z.ZodString
    mapping: z.ZodObject<
      {
        orderNo: z.ZodString
        sku: z.ZodString
        title: z.ZodString
        quantity: z.ZodString
        unitPrice: z.ZodString
        occurredAt: z.ZodString
        customerId: z.ZodString
        refundPrefix: z.ZodOptional<z.ZodNullable<z.ZodString>>
        phone: z.ZodOptional<z.ZodNullable<z.ZodString>>
        email: z.ZodOptional<z.ZodNullable<z.ZodString>>
        name: z.ZodOptional<z.ZodNullable<z.ZodString>>
      },
      z.core.$strip
    >
    currency: z.ZodString
    zone: z.ZodString
  },
  z.core.$strip
>
/** Starts an import, or finds the one of the same file: a file is imported once per account. */
export declare function startOrderImport(ctx: Context, raw: z.input<typeof Input>): Promise<OrderImport>
export {}
