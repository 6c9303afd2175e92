import type { Tx } from '@renmai/platform/db'
import { idFrom } from '@renmai/platform/ids'
import { publish } from '@renmai/platform/outbox'
import { currentTenant } from '@renmai/platform/tenants'
import { inside } from '@renmai/platform/work/inside'
import { MessageRequestedSchema } from '@renmai/proto/campaign/v1/events'
import { and, desc, eq, inArray } from 'drizzle-orm'
import type { Worker } from '../context.ts'
import { issue } from '../coupons/issue-coupon.ts'
import { compileClause } from '../segments/clause.rules.ts'
import { fillVariables } from '../templates/template.rules.ts'
import { type Template, templates } from '../templates/template.table.ts'
import type { JourneyNode } from './journey.rules.ts'
import { type Journey, type JourneyEntry, journeys } from './journey.table.ts'

const BATCH = 200

/** Where an entry goes: to a step, at a time, or to its end. */
type Move = { nodeId: string; dueAt: Date | null; outcome: string | null }

/**
 * Carries out due steps. An entry's row is its whole state and each step commits with its effects, so a restart goes on
 * where the last commit was; customers who wait cost nothing.
 */
export const advanceJourneys = inside('journey_entries', ({ now }: Worker) => ({
  name: 'advance-journeys',
  due: [{ waiting: 'due_at IS NOT NULL', at: 'due_at' }],
  claim: (tx, ids) => claimDue(tx, now(), ids),
  carryOut: (tx, entries) => carryOutSteps(tx, entries, now()),
}))

/** Carries out the steps that are due in this transaction; returns how many. */
export async function advance(tx: Tx, now: Date): Promise<number> {
  const entries = await claimDue(tx, now)
  await carryOutSteps(tx, entries, now)
  return entries.length
}

type Due = Pick<JourneyEntry, 'id' | 'journeyId' | 'profileId' | 'nodeId' | 'attempts'>

async function claimDue(tx: Tx, now: Date, ids?: readonly string[]): Promise<Due[]> {
  const { rows } = await tx.client.query<Due>(
    `SELECT id, journey_id AS "journeyId", profile_id AS "profileId", node_id AS "nodeId", attempts FROM journey_entries
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
  for (const group of Map.groupBy(entries, (entry) => `${entry.journeyId}|${entry.nodeId}`).values()) {
    const journey = byId.get(group[0]!.journeyId)!
    const node = journey.nodes.find((one) => one.id === group[0]!.nodeId)!
    await move(tx, await carryOut(tx, journey, node, group, now))
  }
}

async function carryOut(tx: Tx, journey: Journey, node: JourneyNode, entries: Due[], now: Date): Promise<[Due, Move][]> {
  const onward = (nodeId: string, dueAt = now): Move => ({ nodeId, dueAt, outcome: null })
  switch (node.type) {
    case 'EXIT':
      return entries.map((entry) => [entry, { nodeId: node.id, dueAt: null, outcome: 'EXIT' }])
    case 'WAIT':
      return entries.map((entry) => [entry, onward(node.next!, new Date(now.getTime() + node.waitSeconds! * 1000))])
    case 'SPLIT': {
      const matching = await whoMatches(tx, node, entries, now)
      return entries.map((entry) => [entry, onward(matching.has(entry.profileId) ? node.next! : node.otherwise!)])
    }
    case 'SEND': {
      const [template] = await tx
        .select()
        .from(templates)
        .where(and(eq(templates.tenantId, tx.tenantId), eq(templates.id, node.templateId!)))
        .orderBy(desc(templates.version))
        .limit(1)
      const moves: [Due, Move][] = []
      for (const entry of entries) {
        const refusal = await requestMessage(tx, journey, node, template!, entry, now)
        moves.push([entry, refusal ? { nodeId: node.id, dueAt: null, outcome: refusal } : onward(node.next!)])
      }
      return moves
    }
  }
}

async function whoMatches(tx: Tx, node: JourneyNode, entries: Due[], now: Date): Promise<Set<string>> {
  const { sql, params } = compileClause(node.condition!, 1)
  const { zone } = await currentTenant(tx)
  const { rows } = await tx.client.query<{ profile_id: string }>(
    `SELECT e.profile_id FROM profile_customers e, LATERAL (SELECT e.customer_id AS id) c
     WHERE e.tenant_id = $1 AND e.profile_id = ANY($4) AND $2::timestamptz IS NOT NULL AND $3::text IS NOT NULL AND ${sql}`,
    [tx.tenantId, now, zone, entries.map((entry) => entry.profileId), ...params],
  )
  return new Set(rows.map((row) => row.profile_id))
}

/** Asks for a message, with its coupon. Its id comes from the entry and the step: the same step asks once. */
async function requestMessage(
  tx: Tx,
  journey: Journey,
  node: JourneyNode,
  template: Template,
  entry: Due,
  now: Date,
): Promise<string | undefined> {
  const given = Object.fromEntries(node.variables.map(({ name, value }) => [name, value]))
  if (node.couponTemplateId) {
    const issued = await issue(tx, {
      templateId: node.couponTemplateId,
      profileId: entry.profileId,
      sourceKey: `${journey.id}:${node.id}`,
      journeyId: journey.id,
      now,
    })
    if ('refusal' in issued) return issued.refusal
    for (const variable of template.variables) if (variable.type === 'COUPON') given[variable.name] = issued.coupon.code
  }
  const filled = fillVariables(template.variables, given)
  if ('missing' in filled) return `MISSING_VARIABLE: ${filled.missing}`
  await publish(tx, MessageRequestedSchema, {
    messageId: idFrom('message', entry.id, node.id),
    profileId: entry.profileId,
    channel: template.channel,
    purpose: node.purpose!,
    templateId: template.id,
    templateVersion: template.version,
    journeyId: journey.id,
    variables: Object.entries(filled.values).map(([name, value]) => ({ name, value })),
  })
  return undefined
}

async function move(tx: Tx, moves: [Due, Move][]): Promise<void> {
  const rows = moves.map(([entry, { nodeId, dueAt, outcome }]) => ({ id: entry.id, node_id: nodeId, due_at: dueAt, outcome }))
  await tx.client.query(
    `UPDATE journey_entries e SET node_id = r.node_id, due_at = r.due_at, outcome = r.outcome
     FROM json_to_recordset($2) AS r (id uuid, node_id text, due_at timestamptz, outcome text) WHERE e.tenant_id = $1 AND e.id = r.id`,
    [tx.tenantId, JSON.stringify(rows)],
  )
}
