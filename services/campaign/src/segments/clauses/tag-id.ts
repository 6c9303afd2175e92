import { z } from 'zod'
import { clauseKind } from './clause-kind.ts'

/** The customer has the tag now. */
export const tagId = clauseKind({
  schema: z.uuid(),
  show: (id) => id,
  describe: (id) => `has tag ${id}`,
  reads: 'tag_facts',
  tags: (id) => [id],
  sql: (id, bind, facts) => `EXISTS (SELECT 1 FROM ${facts} AND f.tag_id = ${bind(id)}::uuid AND f.is_on)`,
})
