import pg from 'pg'
import { request } from 'undici'
import type { Whole } from './whole.ts'

/** Tables that record calls and events, also those that change no data. */
const LOGS = [
  'outbox',
  'inbox',
  'idempotency_keys',
  'audit_entries',
  'audit_checkpoints',
  'unsealed_chains',
  'dirty_customers',
  'platform_migrations',
  'service_migrations',
] as const

export async function onDatabase<T>({ client: { endpoints } }: Whole, name: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: Object.assign(new URL(endpoints.postgres), { pathname: `/${name}` }).href })
  await client.connect()
  return work(client).finally(() => client.end())
}

/** The rows of the five databases as sorted texts, by `database.table`, without logs and `except`; those of one tenant where it is given. */
export async function dumpRows(
  whole: Whole,
  { except = [], tenantId }: { except?: readonly string[]; tenantId?: string } = {},
): Promise<Record<string, string[]>> {
  const dumps = await Promise.all(
    Object.keys(whole.client.endpoints.services).map((name) => dumpDatabase(whole, name, [...LOGS, ...except], tenantId)),
  )
  return Object.assign({}, ...dumps) as Record<string, string[]>
}

function dumpDatabase(whole: Whole, name: string, except: readonly string[], tenantId?: string): Promise<Record<string, string[]>> {
  return onDatabase(whole, name, async (client) => {
    const { rows } = await client.query<{ relname: string; owned: boolean }>(
      `SELECT relname, EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'tenant_id') AS owned FROM pg_class
       WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1`,
    )
    const dump: Record<string, string[]> = {}
    for (const { relname } of rows.filter((row) => !except.includes(row.relname) && (row.owned || !tenantId))) {
      const which = tenantId ? 'WHERE t.tenant_id = $1' : ''
      const found = await client.query<{ row: Record<string, unknown> }>(
        `SELECT to_jsonb(t) AS row FROM ${relname} t ${which}`,
        tenantId ? [tenantId] : [],
      )
      dump[`${name}.${relname}`] = found.rows
        .map(({ row: { version: _version, ...row } }) => JSON.stringify(row))
        .sort((x, y) => (x < y ? -1 : 1))
    }
    return dump
  })
}

/** Whether every event has arrived: no outbox waits, no consumer lags. */
export async function isQuiet(whole: Whole): Promise<boolean> {
  const count = (name: string, query: string) => onDatabase(whole, name, async (client) => (await client.query(query)).rowCount)
  const waiting = await Promise.all(
    Object.keys(whole.client.endpoints.services).map((name) => count(name, 'SELECT 1 FROM outbox WHERE published_at IS NULL LIMIT 1')),
  )
  const { body } = await request(`${whole.client.endpoints.natsMonitor}/jsz?consumers=true`)
  const { account_details: accounts = [] } = (await body.json()) as {
    account_details?: { stream_detail?: { consumer_detail?: { num_pending: number; num_ack_pending: number }[] }[] }[]
  }
  const consumers = accounts.flatMap((account) => account.stream_detail ?? []).flatMap((stream) => stream.consumer_detail ?? [])
  const dirty = await count('campaign', 'SELECT 1 FROM dirty_customers LIMIT 1')
  return waiting.every((one) => one === 0) && dirty === 0 && consumers.every((one) => one.num_pending === 0 && one.num_ack_pending === 0)
}
