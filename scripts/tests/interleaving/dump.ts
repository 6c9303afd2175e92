import { blindIndex } from '@renmai/platform/secrets/crypto'
import { keyOf, numbersOf } from '@renmai/platform/testing/database'
import { MERGE_LOGS } from '@renmai/platform/testing/merge-logs'
import type pg from 'pg'
import { NUMBERED } from '../../../services/campaign/test/numbered.ts'
import { identifierIdOf } from '../../../services/identity/src/profiles/identifier-id-of.ts'
import { ring } from '../../../services/identity/test/fixture.ts'
import type { Company } from './people.ts'
import { NAMES } from './world.ts'

/** Bookkeeping of the library and of the audit: it records what was called, not what is so. */
const LOGS = [
  'outbox',
  'inbox',
  'dead_letters',
  'idempotency_keys',
  'known_tenants',
  'audit_entries',
  'unsealed_chains',
  'platform_migrations',
  'service_migrations',
]
/** Columns whose values are chosen by chance, and numbers that all companies share. */
const RANDOM = ['coupons.code', 'coupons.source_key', 'consents.seq']
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
const BYTES = /"\\\\x[0-9a-f]*"/g
const MOMENT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)/g

/**
 * The rows of a company in the five databases, as texts that can be compared with those of another company: ids have the names of
 * what they stand for, and what is different each time (other ids, sealed values, the clock of this machine) is left out.
 */
export async function dumpCompany(company: Company, values: readonly (readonly [string, string])[]): Promise<Record<string, string[]>> {
  const nameOf = await namesOf(company, values)
  const dump: Record<string, string[]> = {}
  for (const service of NAMES) {
    const { owner } = company.world.databases[service]
    for (const [table, columns] of await tablesOf(owner)) {
      const left = [...MERGE_LOGS, ...RANDOM, ...numbersOf(NUMBERED)]
      const kept = columns.filter((column) => !left.includes(`${table}.${column}`)).map((column) => keyOf(column, NUMBERED))
      const { rows } = await owner.query<{ row: string }>(
        `SELECT row_to_json(t)::text AS row FROM (SELECT ${kept.join(', ')} FROM ${table} d WHERE tenant_id = $1) t`,
        [company.tenantId],
      )
      dump[`${service}.${table}`] = rows.map(({ row }) => readable(row, nameOf)).sort((a, b) => (a < b ? -1 : 1))
    }
  }
  return dump
}

async function tablesOf(owner: pg.Pool): Promise<[string, string[]][]> {
  const { rows } = await owner.query<{ name: string; columns: string[] }>(
    `SELECT c.relname AS name, array_agg(a.attname ORDER BY a.attname)::text[] AS columns FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition GROUP BY c.relname ORDER BY c.relname`,
  )
  return rows
    .filter(({ name, columns }) => columns.includes('tenant_id') && !LOGS.includes(name) && !MERGE_LOGS.includes(name))
    .map(({ name, columns }) => [name, columns])
}

async function namesOf(
  { world, tenantId, names }: Company,
  values: readonly (readonly [string, string])[],
): Promise<(id: string) => string> {
  const { rows } = await world.databases.identity.owner.query<{ id: string; home: string; name: string }>(
    `SELECT id, home_customer_id AS home, source || '|' || external_id AS name FROM profiles WHERE tenant_id = $1`,
    [tenantId],
  )
  const known = new Map([
    ...names,
    [tenantId, 'tenant'],
    ...rows.flatMap(({ id, home, name }) => [[id, `profile ${name}`] as const, [home, `customer ${name}`] as const]),
    ...values.map(([namespace, value]) => [identifierIdOf(blindIndex(ring, tenantId, namespace, value)), `${namespace} ${value}`] as const),
  ])
  return (id) => known.get(id) ?? '?'
}

const readable = (row: string, nameOf: (id: string) => string): string =>
  row
    .replaceAll(UUID, nameOf)
    .replaceAll(BYTES, '"bytes"')
    .replaceAll(MOMENT, (moment) => (Date.parse(moment) > Date.UTC(2026, 0, 1) ? 'now' : moment))
