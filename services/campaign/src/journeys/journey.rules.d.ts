import { z } from 'zod'

declare const nodeSchema: z.ZodObject<
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
export declare const nodesSchema: z.ZodArray<
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
export type JourneyNode = z.output<typeof nodeSchema>
/** @throws AppError INVALID naming the step and what is wrong with it */
export declare function checkNodes(nodes: JourneyNode[]): void
export {}
