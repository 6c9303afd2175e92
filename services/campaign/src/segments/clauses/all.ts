import { z } from 'zod'
import type { GroupKind } from './clause-kind.ts'

const schema = (clause: z.ZodType<unknown>) => z.array(clause).min(1).max(20)

/** All parts hold. */
export const all: GroupKind<typeof schema> = {
  schema,
  show: (parts) => parts,
  describe: (parts) => parts.join(' and '),
  sql: (parts) => `(${parts.join(' AND ')})`,
}
