import type { z } from 'zod'
import type { GroupKind } from './clause-kind.ts'

const schema = (clause: z.ZodType<unknown>) => clause

/** The part does not hold. A part that is unknown, because the customer has no such fact, counts as not holding. */
export const not: GroupKind<typeof schema> = {
  schema,
  show: ([part]) => part,
  describe: ([part]) => `not (${part})`,
  sql: ([part]) => `(NOT coalesce(${part}, false))`,
}
