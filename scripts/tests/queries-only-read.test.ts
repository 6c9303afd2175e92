import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ROOT } from '../stack/paths.ts'

const WRITES = /\.(insert|update|delete)\(|\b(insertRows|publish)\(|\b(INSERT INTO|UPDATE|DELETE FROM|TRUNCATE)\s+[a-z$]/

it('files of queries only read: code that writes is in a file named by its verb', () => {
  const files = globSync('services/*/src/**/*.queries.ts', { cwd: ROOT })
  expect(files.length).toBeGreaterThan(3)
  expect(files.filter((file) => WRITES.test(readFileSync(`${ROOT}${file}`, 'utf8')))).toEqual([])
})

it.each(['tx.update(rows)', 'await publish(tx, X, {})', 'UPDATE messages SET state', 'DELETE FROM rows', 'insertRows(tx, rows, [])'])(
  'a query with %s writes',
  (text) => expect(text).toMatch(WRITES),
)

it.each(["select().for('update')", 'SELECT 1 FROM rows FOR UPDATE SKIP LOCKED', 'FOR UPDATE)'])('a query with %s reads', (text) =>
  expect(text).not.toMatch(WRITES),
)
