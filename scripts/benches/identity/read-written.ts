import { insertColumns } from '@renmai/platform/db/bulk'
import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { all, insertRows, type NewRow, readRow, type TenantTable } from '@renmai/platform/db/rows'
import { WAKE_RELAY } from '@renmai/platform/events/outbox'
import { newId } from '@renmai/platform/serve/ids'
import { contactCards } from '../../../services/identity/src/contact-cards/contact-card.table.ts'
import { customerMerges, customers, evidence } from '../../../services/identity/src/customers/customer.table.ts'
import { identifiers, profiles } from '../../../services/identity/src/profiles/profile.table.ts'

/** Which rows of a table belong to profiles, in the order in which foreign keys allow to insert them. $2 are ids of profiles. */
const TABLES: readonly (readonly [TenantTable, string])[] = [
  [customers, 'id IN (SELECT home_customer_id FROM profiles WHERE tenant_id = $1 AND id = ANY($2))'],
  [profiles, 'id = ANY($2)'],
  [identifiers, 'profile_id = ANY($2)'],
  [evidence, 'profile_id = ANY($2)'],
  [customerMerges, 'absorbed_id IN (SELECT home_customer_id FROM profiles WHERE tenant_id = $1 AND id = ANY($2))'],
  [contactCards, 'profile_id = ANY($2)'],
]
const OUTBOX = [
  ['event_id', 'uuid', 'eventId'],
  ['type', 'text', 'type'],
  ['payload', 'bytea', 'payload'],
] as const

/** The rows that some records became, by table, and their events: one transaction of the limit. */
export type Written = { records: number; rows: (readonly [TenantTable, NewRow<TenantTable>[]])[]; events: Event[] }
type Event = { type: string; payload: Buffer }

/**
 * Reads what identity wrote for profiles, in the order of the customers that they are by themselves: what they belong to is older.
 * @param after id of the last event before
 * @param size records of one transaction
 */
export async function readWritten(
  db: Db,
  tenantId: string,
  profileIds: readonly string[],
  after: number,
  size: number,
): Promise<Written[]> {
  return withTenant(db, tenantId, async (tx) => {
    const { rows: found } = await tx.client.query<{ id: string }>(
      'SELECT id FROM profiles WHERE tenant_id = $1 AND id = ANY($2) ORDER BY home_customer_id',
      [tenantId, profileIds],
    )
    const ids = found.map(({ id }) => id)
    const parts = Math.max(1, Math.round(ids.length / size))
    const { rows: events } = await tx.client.query<Event>('SELECT type, payload FROM outbox WHERE tenant_id = $1 AND id > $2 ORDER BY id', [
      tenantId,
      after,
    ])
    const written: Written[] = []
    for (let no = 0; no < parts; no++) {
      const part = <T>(list: readonly T[]) =>
        list.slice(Math.floor((list.length * no) / parts), Math.floor((list.length * (no + 1)) / parts))
      const rows: Written['rows'] = []
      for (const [table, condition] of TABLES) rows.push([table, await readRows(tx, table, condition, part(ids))])
      written.push({ records: part(ids).length, rows, events: part(events) })
    }
    return written
  })
}

async function readRows(tx: Tx, table: TenantTable, condition: string, profileIds: readonly string[]): Promise<NewRow<TenantTable>[]> {
  const { rows } = await tx.client.query<Record<string, unknown>>(
    `SELECT ${all(table)} FROM "${nameOf(table)}" WHERE tenant_id = $1 AND ${condition}`,
    [tx.tenantId, profileIds],
  )
  return rows.map((row) => {
    const { tenantId: _other, ...own } = readRow(table, row)
    return own
  })
}

const nameOf = (table: TenantTable) => all(table).split('.')[0]!

/** Inserts rows as they are, of another tenant, in one transaction: the work that no look-up and no decision can save. */
export function insertWritten(db: Db, tenantId: string, { rows, events }: Written): Promise<void> {
  return withTenant(db, tenantId, async (tx) => {
    for (const [table, given] of rows) await insertRows(tx, table, given, { conflict: 'error' })
    await insertColumns(
      tx,
      'outbox',
      OUTBOX,
      events.map((event) => ({ ...event, eventId: newId() })),
    )
    await tx.client.query(`SELECT pg_notify('${WAKE_RELAY}', '')`)
  })
}
