import type { Tx } from '@renmai/platform/db/db'
import { type Decision, rule } from './rule.ts'
import { rulingFailure } from './ruling.failures.ts'

/**
 * Rules that a profile does not carry an identifier. The caller holds the lock of the graph.
 * @returns the id of the ruling, and what followed
 * @throws AppError when the profile does not carry it
 */
export async function retract(tx: Tx, profileId: string, identifierId: string, decision: Decision): ReturnType<typeof rule> {
  const namespace = await requireCarried(tx, profileId, identifierId)
  return rule(tx, { kind: 'RETRACTION', sideA: [profileId], identifierId, namespace, ...decision })
}

/** @returns the namespace of the identifier */
async function requireCarried(tx: Tx, profileId: string, identifierId: string): Promise<string> {
  const { rows } = await tx.client.query<{ namespace: string; retracted: boolean }>(
    `SELECT i.namespace, EXISTS (SELECT 1 FROM rulings r WHERE r.tenant_id = $1 AND r.holds AND r.kind = 'RETRACTION'
       AND r.identifier_id = $3 AND r.side_a @> ARRAY[$2::uuid]) AS retracted
     FROM identifiers i WHERE i.tenant_id = $1 AND i.profile_id = $2 AND i.identifier_id = $3 LIMIT 1`,
    [tx.tenantId, profileId, identifierId],
  )
  if (!rows[0]) throw rulingFailure('IDENTIFIER_NOT_CARRIED', 'identifierId')
  if (rows[0].retracted) throw rulingFailure('IDENTIFIER_RETRACTED', 'identifierId')
  return rows[0].namespace
}
