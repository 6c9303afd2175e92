import type { Tx } from '@renmai/platform/db/db'
import { inside } from '@renmai/platform/work/inside'
import { and, eq, inArray } from 'drizzle-orm'
import type { Deps } from '../context.ts'
import { type JourneyEntry, journeys } from './journey.table.ts'
import type { Move } from './nodes/node-kind.ts'
import { kindOf } from './nodes.ts'

const BATCH = 200

/**
 * Carries out due steps. An entry's row is its whole state, and each step commits with its effects, so a restart continues
 * after the last commit. Customers who wait cost nothing.
 */
export const advanceJourneys = inside('journey_entries', ({ now }: Deps) => ({
  name: 'advance-journeys',
  due: [{ waiting: 'due_at IS NOT NULL', at: 'due_at' }],
  claim: (tx, ids) => claimDue(tx, now(), ids),
  carryOut: (tx, entries) => carryOutSteps(tx, entries, now()),
}))

/** Carries out the steps that are due, in this transaction. Returns their number. */
export async function advance(tx: Tx, now: Date): Promise<number> {
  const entries = await claimDue(tx, now)
  await carryOutSteps(tx, entries, now)
  return entries.length
}

type Due = Pick<JourneyEntry, 'id' | 'journeyId' | 'profileId' | 'nodeId' | 'waitsAt' | 'attempts'>

async function claimDue(tx: Tx, now: Date, ids?: readonly string[]): Promise<Due[]> {
  const { rows } = await tx.client.query<Due>(
    `SELECT id, journey_id AS "journeyId", profile_id AS "profileId", node_id AS "nodeId", waits_at AS "waitsAt", attempts FROM journey_entries
     WHERE tenant_id = $1 AND due_at <= $2 AND ($3::uuid[] IS NULL OR id = ANY($3)) ORDER BY due_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
    [tx.tenantId, now, ids ?? null],
  )
  return rows
}

async function carryOutSteps(tx: Tx, entries: Due[], now: Date): Promise<void> {
  if (entries.length === 0) return
  const started = await tx
    .select()
    .from(journeys)
    .where(and(eq(journeys.tenantId, tx.tenantId), inArray(journeys.id, [...new Set(entries.map((entry) => entry.journeyId))])))
  const byId = new Map(started.map((journey) => [journey.id, journey]))
  for (const group of Map.groupBy(entries, (entry) => `${entry.journeyId}|${entry.nodeId}|${hasWaited(entry)}`).values()) {
    const { journeyId, nodeId } = group[0]!
    const node = byId.get(journeyId)!.nodes.find((one) => one.id === nodeId)!
    const kind = kindOf(node)
    const carryOut = (hasWaited(group[0]!) && kind.due) || kind.enter
    await move(tx, group, await carryOut(tx, { journeyId, node, entries: group, now }), now)
  }
}

const hasWaited = ({ nodeId, waitsAt }: Due) => waitsAt === nodeId

async function move(tx: Tx, entries: Due[], moves: Move[], now: Date): Promise<void> {
  const rows = entries.map(({ id, nodeId }, index) => ({ id, ...stateAfter(nodeId, moves[index]!, now) }))
  await tx.client.query(
    `UPDATE journey_entries e SET node_id = r.node_id, due_at = r.due_at, waits_at = r.waits_at, outcome = r.outcome
     FROM json_to_recordset($2) AS r (id uuid, node_id text, due_at timestamptz, waits_at text, outcome text) WHERE e.tenant_id = $1 AND e.id = r.id`,
    [tx.tenantId, JSON.stringify(rows)],
  )
}

function stateAfter(nodeId: string, move: Move, now: Date) {
  if ('to' in move) return { node_id: move.to, due_at: now }
  return 'until' in move ? { node_id: nodeId, due_at: move.until, waits_at: nodeId } : { node_id: nodeId, outcome: move.end }
}
