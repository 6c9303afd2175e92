import type { Tx } from '@renmai/platform/db/db'
import { differ } from '../graph/groups.rules.ts'
import { separating } from './join-two.ts'

/** What speaks against a merge: a ruling that it would end, or unionids of one subject that one person does not have. */
export type MergeConflictRow = {
  readonly kind: 'ENDS_RULING' | 'DIFFERENT_UNIONIDS'
  readonly rulingId?: string
  readonly namespace?: string
}

export async function joiningConflicts(
  tx: Tx,
  { survivorId, absorbedId }: Record<'survivorId' | 'absorbedId', string>,
  mine: readonly string[],
  theirs: readonly string[],
): Promise<MergeConflictRow[]> {
  const rulings = await separating(tx, survivorId, absorbedId)
  const [unionids, others] = [await unionidsOf(tx, mine), await unionidsOf(tx, theirs)]
  const differing = [...unionids].filter(([namespace, values]) => differ(values, others.get(namespace)))
  return [
    ...rulings.map(({ id }) => ({ kind: 'ENDS_RULING' as const, rulingId: id })),
    ...differing.map(([namespace]) => ({ kind: 'DIFFERENT_UNIONIDS' as const, namespace })),
  ]
}

async function unionidsOf(tx: Tx, profileIds: readonly string[]): Promise<Map<string, Set<string>>> {
  const { rows } = await tx.client.query<{ namespace: string; value: string }>(
    `SELECT DISTINCT namespace, encode(value_index, 'hex') AS value FROM identifiers
     WHERE tenant_id = $1 AND profile_id = ANY($2) AND namespace LIKE 'unionid@%'`,
    [tx.tenantId, profileIds],
  )
  return new Map(
    [...Map.groupBy(rows, ({ namespace }) => namespace)].map(([namespace, of]) => [namespace, new Set(of.map(({ value }) => value))]),
  )
}
