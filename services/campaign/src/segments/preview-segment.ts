import { type Tx, withTenant } from '@renmai/platform/db'
import { parse } from '@renmai/platform/parse'
import { currentTenant } from '@renmai/platform/tenants'
import { requireScope } from '@renmai/platform/viewer'
import type { Context } from '../context.ts'
import { type Clause, compileClause, definitionSchema, describeClause } from './clause.rules.ts'

const SAMPLE = 10
const ALL_CUSTOMERS = '(SELECT DISTINCT customer_id AS id FROM profile_customers WHERE tenant_id = $1) c'

export type Preview = { size: number; total: number; attrition: { clause: string; remaining: number }[]; sample: { id: string }[] }

/** Tries a condition: how many match, and what each of its parts takes away, in their order. */
export async function previewSegment({ db, viewer, now }: Context, raw: unknown): Promise<Preview> {
  requireScope(viewer, 'campaigns:read')
  const definition = parse(definitionSchema, raw)
  const parts = 'all' in definition ? definition.all : [definition]
  return withTenant(db, viewer.tenantId, async (tx) => {
    const total = await count(tx, now(), undefined)
    const attrition = []
    for (let length = 1; length <= parts.length; length++) {
      attrition.push({ clause: describeClause(parts[length - 1]!), remaining: await count(tx, now(), { all: parts.slice(0, length) }) })
    }
    return { total, attrition, size: attrition.at(-1)!.remaining, sample: await sample(tx, now(), definition) }
  })
}

async function count(tx: Tx, now: Date, clause: Clause | undefined): Promise<number> {
  const { zone } = await currentTenant(tx)
  const { sql, params } = clause ? compileClause(clause) : { sql: 'true', params: [] }
  // The second and third parameters are named in every statement, so that PostgreSQL knows their types.
  const { rows } = await tx.client.query<{ n: number }>(
    `SELECT count(*) AS n FROM ${ALL_CUSTOMERS} WHERE $2::timestamptz IS NOT NULL AND $3::text IS NOT NULL AND ${sql}`,
    [tx.tenantId, now, zone, ...params],
  )
  return rows[0]!.n
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
