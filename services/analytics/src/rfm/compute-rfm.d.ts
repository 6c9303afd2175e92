import { z } from 'zod'
import type { Context } from '../context.ts'
import { type RfmRun } from './rfm.table.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    asOf: z.ZodISODate
    windowDays: z.ZodPipe<z.ZodOptional<z.ZodNullable<z.ZodInt>>, z.ZodTransform<number, number | null | undefined>>
    method: z.ZodPipe<
      z.ZodOptional<
        z.ZodNullable<
          z.ZodEnum<{
            FIXED: 'FIXED'
            MEAN: 'MEAN'
            MEDIAN: 'MEDIAN'
            QUINTILE: 'QUINTILE'
          }>
        >
      >,
      z.ZodTransform<'FIXED' | 'MEAN' | 'MEDIAN' | 'QUINTILE', 'FIXED' | 'MEAN' | 'MEDIAN' | 'QUINTILE' | null | undefined>
    >
    monetaryBasis: z.ZodPipe<
      z.ZodOptional<
        z.ZodNullable<
          z.ZodEnum<{
            AVG: 'AVG'
            SUM: 'SUM'
          }>
        >
      >,
      z.ZodTransform<'AVG' | 'SUM', 'AVG' | 'SUM' | null | undefined>
    >
    cuts: z.ZodOptional<
      z.ZodNullable<
        z.ZodObject<
          {
            recencyDays: z.ZodInt
            frequency: z.ZodInt
            monetaryMinor: z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>
          },
          z.core.$strip
        >
      >
    >
    currency: z.ZodOptional<z.ZodNullable<z.ZodString>>
    shopId: z.ZodOptional<z.ZodNullable<z.ZodString>>
    zone: z.ZodOptional<z.ZodNullable<z.ZodString>>
  },
  z.core.$strip
>
/** Scores all customers and tells of those whose class changed, in one transaction. */
export declare function computeRfm(ctx: Context, raw: z.input<typeof Input>): Promise<RfmRun>
export {}
