import type { Tx } from '@renmai/platform/db/db'
import { insertRows, type NewRow } from '@renmai/platform/db/rows'
import { newId } from '@renmai/platform/serve/ids'
import { type Cause, type Regrouped, regroup } from './regroup.ts'
import { rulings } from './ruling.table.ts'

/** Why, by whom and when a person ruled, and the call that the ruling belongs to. */
export type Decision = Pick<NewRow<typeof rulings>, 'reason' | 'decidedBy' | 'decidedAt' | 'batchId'>
type Given = Decision & Pick<NewRow<typeof rulings>, 'kind' | 'sideA' | 'sideB' | 'identifierId' | 'namespace' | 'ends'>
type Touched = { id: string; sideA: string[]; sideB: string[]; identifierId: string | null; ends: string[] }

type Ruled = Regrouped & { readonly rulingId: string; readonly identified: readonly string[] }

const MOST_HOLDERS = 100

/**
 * Records what a person ruled, and groups all whom it concerns again. The caller holds the lock of the graph.
 * @param undoes the entry of the merge history that it undoes
 * @returns the id of the ruling, the profiles whose identifiers count in another way now, and what followed
 */
export async function rule(tx: Tx, given: Given, undoes?: string): Promise<Ruled> {
  const rulingId = newId()
  await insertRows(tx, rulings, [{ id: rulingId, ...given }], { conflict: 'error' })
  const { sideA = [], sideB = [], identifierId = null, ends = [] } = given
  const touched = [{ id: rulingId, sideA, sideB, identifierId, ends }, ...(await settle(tx, ends))]
  const held = await holdersOf(tx, touched)
  const person: Cause['person'] = { id: given.decidedBy, reason: given.reason, rulingId, ...(undoes && { undoes }) }
  const seeds = [...touched.flatMap((one) => [...one.sideA, ...one.sideB]), ...held]
  const identified = [...touched.flatMap((one) => (one.identifierId ? one.sideA : [])), ...held]
  return { rulingId, identified, ...(await regroup(tx, seeds, { at: given.decidedAt, person })) }
}

/** A ruling holds unless one that holds ends it. What an ended one had ended may hold again. @returns those that changed */
async function settle(tx: Tx, ids: readonly string[]): Promise<Touched[]> {
  if (ids.length === 0) return []
  const { rows } = await tx.client.query<Touched>(
    `UPDATE rulings r SET holds = NOT r.holds WHERE r.tenant_id = $1 AND r.id = ANY($2)
       AND r.holds = EXISTS (SELECT 1 FROM rulings e WHERE e.tenant_id = $1 AND e.holds AND e.ends @> ARRAY[r.id])
     RETURNING r.id, r.side_a AS "sideA", r.side_b AS "sideB", r.identifier_id AS "identifierId", r.ends`,
    [tx.tenantId, ids],
  )
  return [
    ...rows,
    ...(await settle(
      tx,
      rows.flatMap(({ ends }) => ends),
    )),
  ]
}

/** Profiles that carry an identifier which is blocked, or is no longer. What more of them carry has joined nobody anyway. */
async function holdersOf(tx: Tx, touched: readonly Touched[]): Promise<string[]> {
  const blocked = touched.flatMap(({ identifierId, sideA }) => (identifierId && sideA.length === 0 ? [identifierId] : []))
  if (blocked.length === 0) return []
  const { rows } = await tx.client.query<{ id: string }>(
    `SELECT profile_id AS id FROM identifiers WHERE tenant_id = $1 AND identifier_id = ANY($2) ORDER BY created_at LIMIT ${MOST_HOLDERS}`,
    [tx.tenantId, blocked],
  )
  return rows.map(({ id }) => id)
}
