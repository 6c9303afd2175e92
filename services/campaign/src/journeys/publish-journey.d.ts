import { z } from 'zod'
import type { Context } from '../context.ts'
import { type Journey } from './journey.table.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    name: z.ZodString
    segmentId: z.ZodUUID
    includeMembers: z.ZodOptional<z.ZodNullable<z.ZodBoolean>>
    nodes: z.ZodArray<
      z.ZodObject<
        {
          id: z.ZodString
          type: z.ZodEnum<{
            EXIT: 'EXIT'
            SEND: 'SEND'
            SPLIT: 'SPLIT'
            WAIT: 'WAIT'
          }>
          next: z.ZodPipe<z.ZodOptional<z.ZodNullable<z.ZodString>>, z.ZodTransform<string | null, string | null | undefined>>
          otherwise: z.ZodPipe<z.ZodOptional<z.ZodNullable<z.ZodString>>, z.ZodTransform<string | null, string | null | undefined>>
          waitSeconds: z.ZodPipe<z.ZodOptional<z.ZodNullable<z.ZodInt>>, z.ZodTransform<number | null, number | null | undefined>>
          condition: z.ZodPipe<
            z.ZodOptional<
              z.ZodNullable<
                z.ZodType<
                  import('../segments/clause.rules.ts').Clause,
                  unknown,
                  z.core.$ZodTypeInternals<import('../segments/clause.rules.ts').Clause, unknown>
                >
              >
            >,
            z.ZodTransform<
              NonNullable<import('../segments/clause.rules.ts').Clause> | null,
              import('../segments/clause.rules.ts').Clause | null | undefined
            >
          >
          templateId: z.ZodPipe<z.ZodOptional<z.ZodNullable<z.ZodUUID>>, z.ZodTransform<string | null, string | null | undefined>>
          purpose: z.ZodPipe<z.ZodOptional<z.ZodNullable<z.ZodString>>, z.ZodTransform<string | null, string | null | undefined>>
          messageClass: z.ZodPipe<
            z.ZodOptional<
              z.ZodNullable<
                z.ZodEnum<{
                  COMMERCIAL: 'COMMERCIAL'
                  TRANSACTIONAL: 'TRANSACTIONAL'
                }>
              >
            >,
            z.ZodTransform<'COMMERCIAL' | 'TRANSACTIONAL', 'COMMERCIAL' | 'TRANSACTIONAL' | null | undefined>
          >
          couponTemplateId: z.ZodPipe<z.ZodOptional<z.ZodNullable<z.ZodUUID>>, z.ZodTransform<string | null, string | null | undefined>>
          variables: z.ZodPipe<
            z.ZodOptional<
              z.ZodNullable<
                z.ZodArray<
                  z.ZodObject<
                    {
                      name: z.ZodString
                      value: z.ZodString
                    },
                    z.core.$strip
                  >
                >
              >
            >,
            z.ZodTransform<
              {
                name: string
                value: string
              }[],
              | {
                  name: string
                  value: string
                }[]
              | null
              | undefined
            >
          >
        },
        z.core.$strip
      >
    >
  },
  z.core.$strip
>
/** Checks a journey and starts it. From here on its steps do not change: a change is a new journey. */
export declare function publishJourney(ctx: Context, raw: z.input<typeof Input>): Promise<Journey>
export {}
