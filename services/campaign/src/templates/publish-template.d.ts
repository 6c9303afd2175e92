import { z } from 'zod'
import type { Context } from '../context.ts'
import { type Template } from './template.table.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    name: z.ZodString
    channel: z.ZodEnum<{
      EMAIL: 'EMAIL'
      SMS: 'SMS'
      WECOM: 'WECOM'
    }>
    subject: z.ZodPipe<z.ZodOptional<z.ZodNullable<z.ZodString>>, z.ZodTransform<string, string | null | undefined>>
    body: z.ZodString
    expectedVersion: z.ZodOptional<z.ZodNullable<z.ZodInt>>
    variables: z.ZodPipe<
      z.ZodOptional<
        z.ZodNullable<
          z.ZodArray<
            z.ZodObject<
              {
                name: z.ZodString
                type: z.ZodEnum<{
                  COUPON: 'COUPON'
                  NUMBER: 'NUMBER'
                  TEXT: 'TEXT'
                }>
                defaultValue: z.ZodPipe<z.ZodOptional<z.ZodNullable<z.ZodString>>, z.ZodTransform<string | null, string | null | undefined>>
              },
              z.core.$strip
            >
          >
        >
      >,
      z.ZodTransform<
        {
          name: string
          type: 'COUPON' | 'NUMBER' | 'TEXT'
          defaultValue: string | null
        }[],
        | {
            name: string
            type: 'COUPON' | 'NUMBER' | 'TEXT'
            defaultValue: string | null
          }[]
        | null
        | undefined
      >
    >
  },
  z.core.$strip
>
/** Publishes a template, or the next version of the one with this name. */
export declare function publishTemplate(ctx: Context, raw: z.input<typeof Input>): Promise<Template>
export {}
