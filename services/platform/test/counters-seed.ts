import { afterAll, beforeAll, inject } from 'vitest'
import { type ColumnType, insertColumns } from '../src/db/bulk.ts'
import { type Tx, withTenant } from '../src/db/db.ts'
import { newId } from '../src/serve/ids.ts'
import { type TestDatabase, testDatabase } from '../src/testing/database.ts'
import { counters } from './fixture.ts'

export const COLUMNS = { id: 'uuid', value: 'int4' } as const
/** Inserts rows whose columns are named as their fields. */
export const insert = (tx: Tx, table: string, columns: Record<string, ColumnType>, rows: readonly Record<string, unknown>[]) =>
  insertColumns(
    tx,
    table,
    Object.entries(columns).map(([name, type]) => [name, type, name] as const),
    rows,
  )

/** A database of counters for the file that calls it. */
export function countersSeed() {
  let test: TestDatabase
  beforeAll(async () => {
    test = await testDatabase(inject('postgresUrl'), counters)
  })
  afterAll(() => test.drop())
  /** Stores a counter of the tenant for each value. */
  const store = (tenantId: string, ...values: number[]) => {
    const rows = values.map((value) => ({ id: newId(), value }))
    return withTenant(test.db, tenantId, (tx) => insert(tx, 'counters', COLUMNS, rows))
  }
  return {
    get test() {
      return test
    },
    store,
  }
}
