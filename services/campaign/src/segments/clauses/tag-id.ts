import { z } from 'zod'
import { clauseKind } from './clause-kind.ts'

/** The customer has the tag now. */
export const tagId = clauseKind({
  schema: z.uuid(),
  show: (id) => id,
  describe: (id) => `has tag ${id}`,
  reads: 'tag_facts',
  tags: (id) => [id],
  sql: (id, bind, facts) => {
    const no = `(SELECT n.no FROM tag_numbers n WHERE n.tenant_id = $1 AND n.tag_id = ${bind(id)}::uuid)`
    return `EXISTS (SELECT 1 FROM ${facts} AND f.tag_no = ${no} AND f.is_on)`
  },
})
