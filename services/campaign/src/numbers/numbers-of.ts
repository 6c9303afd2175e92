import type { Tx } from '@renmai/platform/db/db'
import { insertRows, type NewRow, type TenantTable } from '@renmai/platform/db/rows'
import { and, eq, sql } from 'drizzle-orm'
import type { profileNumbers, tagNumbers, typeNumbers } from './number.table.ts'

export type NumberOf = (key: string) => number

type Numbers = typeof profileNumbers | typeof tagNumbers | typeof typeNumbers

/**
 * Numbers of keys, of which unknown ones get one. Call `shareMapping` or `lockMapping` before numbers of profiles are made: links,
 * tags and behaviour all make them.
 * @param field the key of the table
 * @returns the number of a key
 */
export async function numbersOf<T extends Numbers>(tx: Tx, table: T, field: keyof T & string, keys: readonly string[]): Promise<NumberOf> {
  // In one order, so that of two transactions with the same new keys one waits for the other.
  const wanted = [...new Set(keys)].sort()
  // Nearly all keys are known, and an insertion that changes nothing would still use up a number.
  const known = await read(tx, table, field, wanted)
  const unknown = wanted.filter((key) => !known.has(key))
  if (unknown.length > 0) {
    await insertRows(
      tx,
      table as TenantTable,
      unknown.map((key) => ({ [field]: key }) as NewRow<TenantTable>),
    )
    for (const [key, no] of await read(tx, table, field, unknown)) known.set(key, no)
  }
  return (key) => known.get(key)!
}

async function read(tx: Tx, table: Numbers, field: string, keys: readonly string[]): Promise<Map<string, number>> {
  const column = (table as unknown as Record<string, typeof profileNumbers.profileId>)[field]!
  const rows = await tx
    .select({ key: column, no: table.no })
    .from(table)
    .where(and(eq(table.tenantId, tx.tenantId), sql`${column} = ANY(${sql.param(keys)})`))
  return new Map(rows.map(({ key, no }) => [key, no]))
}
