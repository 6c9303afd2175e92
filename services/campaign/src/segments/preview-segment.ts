import { type Tx, withTenant } from '@renmai/platform/db/db'
import { currentTenant } from '@renmai/platform/db/tenants'
import { parse } from '@renmai/platform/serve/parse'
import { requireScope } from '@renmai/platform/serve/viewer'
import type { Context } from '../context.ts'
import type { SegmentClause, SegmentClauseKind } from '../gen/resolvers.ts'
import { requireTags } from '../tags/tag.ts'
import { definitionSchema } from './clause.rules.ts'
import type { Clause } from './clauses.ts'
import { clauseKindOf, compileClause, describeClause, showClause, tagsOf } from './compile-clause.rules.ts'

const SAMPLE = 10
const ALL_CUSTOMERS = '(SELECT DISTINCT customer_id AS id FROM profile_customers WHERE tenant_id = $1) c'

type Step = { kind: SegmentClauseKind; condition: SegmentClause; clause: string; remaining: number }
export type Preview = { size: number; total: number; attrition: Step[]; sample: { id: string }[] }

/**
 * Tries a condition. Returns how many customers match it, and how many each of its parts excludes, in their order.
 * @param raw a condition within the limits of a segment's definition
 */
export async function previewSegment(ctx: Context, raw: unknown): Promise<Preview> {
  const { db, viewer, now } = ctx
  requireScope(viewer, 'campaigns:read')
  const definition = parse(definitionSchema, raw)
  await requireTags(ctx, tagsOf(definition), 'definition')
  const parts = 'all' in definition ? definition.all : [definition]
  return withTenant(db, viewer.tenantId, async (tx) => {
    const counts = await countByParts(tx, now(), parts)
    const holding = (length: number) => counts.filter(({ held }) => held >= length).reduce((sum, { n }) => sum + n, 0)
    const { currency } = await currentTenant(tx)
    const attrition = parts.map((part, no) => ({
      kind: clauseKindOf(part),
      condition: showClause(part, currency),
      clause: describeClause(part),
      remaining: holding(no + 1),
    }))
    return { total: holding(0), attrition, size: holding(parts.length), sample: await sample(tx, now(), definition) }
  })
}

/**
 * Number of customers by how many of the first parts hold for them. Each part is evaluated once, and none after a part that
 * does not hold.
 */
async function countByParts(tx: Tx, now: Date, parts: Clause[]): Promise<{ held: number; n: number }[]> {
  const { zone } = await currentTenant(tx)
  const params: unknown[] = []
  const branches = parts.map((part, no) => {
    const compiled = compileClause(part, params.length)
    params.push(...compiled.params)
    return `WHEN (${compiled.sql}) IS NOT TRUE THEN ${no}`
  })
  // Every statement names the second and third parameters, so that PostgreSQL knows their types.
  const { rows } = await tx.client.query<{ held: number; n: number }>(
    `SELECT CASE ${branches.join(' ')} ELSE ${parts.length} END AS held, count(*) AS n FROM ${ALL_CUSTOMERS}
     WHERE $2::timestamptz IS NOT NULL AND $3::text IS NOT NULL GROUP BY 1`,
    [tx.tenantId, now, zone, ...params],
  )
  return rows
}

async function sample(tx: Tx, now: Date, clause: Clause): Promise<{ id: string }[]> {
  const { zone } = await currentTenant(tx)
  const { sql, params } = compileClause(clause)
  const { rows } = await tx.client.query<{ id: string }>(
    `SELECT c.id FROM ${ALL_CUSTOMERS} WHERE $2::timestamptz IS NOT NULL AND $3::text IS NOT NULL AND ${sql} ORDER BY c.id LIMIT ${SAMPLE}`,
    [tx.tenantId, now, zone, ...params],
  )
  return rows
}
