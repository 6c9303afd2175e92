import type { z } from 'zod'
import type { GroupKind } from './clause-kind.ts'

const schema = (clause: z.ZodType<unknown>) => clause

/** Its part does not hold; where nothing is known of a customer it does not. */
export const not: GroupKind<typeof schema> = {
  schema,
  describe: ([part]) => `not (${part})`,
  sql: ([part]) => `(NOT coalesce(${part}, false))`,
}
