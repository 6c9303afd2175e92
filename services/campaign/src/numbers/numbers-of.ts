import type { Tx } from '@renmai/platform/db/db'
import { insertRows, type NewRow, type TenantTable } from '@renmai/platform/db/rows'
import { and, eq, inArray } from 'drizzle-orm'
import { profileNumbers, tagNumbers, typeNumbers } from './number.table.ts'

/** Numbers of profiles, of which unknown ones get one. Call `shareMapping` or `lockMapping` before: both give numbers to profiles. */
export const profileNumbersOf = (tx: Tx, ids: readonly string[]): Promise<NumberOf> => numbersOf(tx, profileNumbers, 'profileId', ids)

/** Numbers of tags, of which unknown ones get one. */
export const tagNumbersOf = (tx: Tx, ids: readonly string[]): Promise<NumberOf> => numbersOf(tx, tagNumbers, 'tagId', ids)

/** Numbers of types of behaviour, of which unknown ones get one. */
export const typeNumbersOf = (tx: Tx, types: readonly string[]): Promise<NumberOf> => numbersOf(tx, typeNumbers, 'type', types)

export type NumberOf = (key: string) => number

type Numbers = typeof profileNumbers | typeof tagNumbers | typeof typeNumbers

/** Nearly all keys are known, and an insertion that changes nothing would still use up a number. */
async function numbersOf<T extends Numbers>(tx: Tx, table: T, field: keyof T & string, keys: readonly string[]): Promise<NumberOf> {
  // In one order, so that two transactions with the same new keys wait for each other.
  const wanted = [...new Set(keys)].sort()
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
    .where(and(eq(table.tenantId, tx.tenantId), inArray(column, [...keys])))
  return new Map(rows.map(({ key, no }) => [key, no]))
}
