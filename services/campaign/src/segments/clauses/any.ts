import { z } from 'zod'
import type { GroupKind } from './clause-kind.ts'

const schema = (clause: z.ZodType<unknown>) => z.array(clause).min(1).max(20)

/** At least one part holds. */
export const any: GroupKind<typeof schema> = {
  schema,
  show: (parts) => parts,
  describe: (parts) => `(${parts.join(' or ')})`,
  sql: (parts) => `(${parts.join(' OR ')})`,
}
