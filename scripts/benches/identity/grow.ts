import type { Db } from '@renmai/platform/db/db'
import { compare } from '../measure.ts'
import { type Stage, say } from '../stage.ts'
import { peopleOf } from './claims.ts'
import { alternate, openResolving } from './resolve.ts'

const CHUNK = 100_000

export type Extent = { few: number; many: number; rounds: number; records: number }

/**
 * Measures whether the cost of resolving a record depends on the number of stored ones: its time divided by that of a bare insert
 * into the same tables, with two million stored, compared with a hundred thousand. The database itself writes the records in between.
 */
export async function measureGrowth(stage: Stage, { few, many, rounds, records }: Extent): Promise<object> {
  const resolving = await openResolving(stage, peopleOf(records * (rounds + 1) * 2), 2)
  try {
    await growTo(resolving.db, resolving.tenantId, few)
    const before = costOf(compare(...(await alternate(resolving, { rounds, records }))))
    await growTo(resolving.db, resolving.tenantId, many)
    const after = costOf(compare(...(await alternate(resolving, { rounds, records }))))
    const ratio = Number((after / before).toFixed(3))
    say(`a record costs ${before} bare inserts with ${few} stored, ${after} with ${many}`)
    return {
      unit: 'bare inserts',
      limit: `the same with ${few / 1e6} million stored`,
      wantedAtMost: 1.15,
      value: after,
      limitValue: before,
      ratio,
    }
  } finally {
    await resolving.close()
  }
}

const costOf = ({ ratio }: { ratio: number }) => Number((1 / ratio).toFixed(3))

async function growTo({ pool }: Db, tenantId: string, wanted: number): Promise<void> {
  const client = await pool.connect()
  try {
    // The rows refer to each other as they should; checking it takes most of the time.
    await client.query('SET session_replication_role = replica')
    for (;;) {
      const { rows } = await client.query<{ n: number }>('SELECT count(*) AS n FROM profiles WHERE tenant_id = $1', [tenantId])
      const missing = Math.min(CHUNK, wanted - rows[0]!.n)
      if (missing <= 0) break
      await client.query(GROW, [tenantId, rows[0]!.n, missing])
      say(`${rows[0]!.n + missing} records stored`)
    }
    await client.query('SET session_replication_role = DEFAULT')
    for (const table of ['customers', 'profiles', 'identifiers', 'contact_cards']) await client.query(`VACUUM (ANALYZE) ${table}`)
    await client.query('CHECKPOINT')
  } finally {
    client.release(true)
  }
}

/** People with one record, a phone and an address each. */
const GROW = `WITH n AS MATERIALIZED (
    SELECT uuidv7() AS home, uuidv7() AS profile, 'grown-' || ($2::int + n) AS name FROM generate_series(1, $3::int) n
  ), c AS (INSERT INTO customers (tenant_id, id) SELECT $1::uuid, home FROM n),
  p AS (INSERT INTO profiles (tenant_id, id, source, external_id, customer_id, home_customer_id, name_index, last_seen_at)
    SELECT $1, profile, 'grown', name, home, home, substr(sha256(name::bytea), 1, 16), '2026-01-01' FROM n),
  i AS (INSERT INTO identifiers (tenant_id, namespace, value_index, profile_id, identifier_id, sealed, verified_at, tier, statement_id, last_seen_at)
    SELECT $1, kind, sha256((kind || name)::bytea), profile, gen_random_uuid(), sha256(name::bytea) || sha256(kind::bytea), '2026-01-01', 1, uuidv7(), '2026-01-01'
    FROM n CROSS JOIN (VALUES ('phone'), ('email')) AS k (kind))
  INSERT INTO contact_cards (tenant_id, profile_id, field, sealed, observed_at, rank)
  SELECT $1, profile, kind, sha256(name::bytea) || sha256(kind::bytea), '2026-01-01', substr(sha256(name::bytea), 1, 8)
  FROM n CROSS JOIN (VALUES ('phone'), ('display_name')) AS k (kind)`
