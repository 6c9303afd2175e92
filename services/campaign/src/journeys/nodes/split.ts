import type { Tx } from '@renmai/platform/db/db'
import { currentTenant } from '@renmai/platform/db/tenants'
import { z } from 'zod'
import { definitionSchema } from '../../segments/clause.rules.ts'
import { compileClause, showClause } from '../../segments/compile-clause.rules.ts'
import type { Clause } from '../../segments/segment.ts'
import { type Entry, nodeId, nodeKind } from './node-kind.ts'

/** Continues with one of two steps, depending on a condition. */
export const split = nodeKind({
  type: 'SPLIT',
  schema: z.object({ id: nodeId, condition: definitionSchema, next: nodeId, otherwise: nodeId }),
  show: ({ id, condition, next, otherwise }, currency) => ({ id, condition: showClause(condition, currency), next, otherwise }),
  ways: ({ next, otherwise }) => [next, otherwise],
  conditions: ({ condition }) => [condition],
  enter: async (tx, { node, entries, now }) => {
    const matching = await whoMatches(tx, node.condition, entries, now)
    return entries.map(({ profileId }) => ({ to: matching.has(profileId) ? node.next : node.otherwise }))
  },
})

async function whoMatches(tx: Tx, condition: Clause, entries: readonly Entry[], now: Date): Promise<Set<string>> {
  const { sql, params } = compileClause(condition, 1)
  const { zone } = await currentTenant(tx)
  const { rows } = await tx.client.query<{ profile_id: string }>(
    `SELECT e.profile_id FROM profile_customers e, LATERAL (SELECT e.customer_id AS id) c
     WHERE e.tenant_id = $1 AND e.profile_id = ANY($4) AND $2::timestamptz IS NOT NULL AND $3::text IS NOT NULL AND ${sql}`,
    [tx.tenantId, now, zone, entries.map((entry) => entry.profileId), ...params],
  )
  return new Set(rows.map((row) => row.profile_id))
}
