import { z } from 'zod'
import type { Context } from '../context.ts'
import { type Field } from './attribute.table.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    key: z.ZodString
    label: z.ZodString
    type: z.ZodEnum<{
      BOOLEAN: 'BOOLEAN'
      DATE: 'DATE'
      NUMBER: 'NUMBER'
      OPTION: 'OPTION'
      TEXT: 'TEXT'
    }>
    sensitivity: z.ZodEnum<{
      NONE: 'NONE'
      PERSONAL: 'PERSONAL'
      SENSITIVE: 'SENSITIVE'
    }>
    options: z.ZodOptional<z.ZodNullable<z.ZodArray<z.ZodString>>>
  },
  z.core.$strip
>
/** Registers a field. Type and sensitivity stay: stored values were checked and sealed by them. */
export declare function defineField(ctx: Context, raw: z.input<typeof Input>): Promise<Field>
export {}
