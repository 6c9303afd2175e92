import { globSync, readFileSync } from 'node:fs'
import { ROOT } from '../stack/paths.ts'

/** Statements that write every row in one go and hold their locks until they end; squawk does not report them. */
const UNBATCHED = /^\s*(UPDATE|DELETE)\b(?![\s\S]*\bWHERE\b)/i

export function unbatchedStatements(sql: string): string[] {
  // Functions run later and write in batches.
  const outside = sql.replace(/\$\$[\s\S]*?\$\$/g, "''").replace(/--[^\n]*/g, '')
  return outside
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => UNBATCHED.test(statement))
}

/** The name of a table behind the words of a statement that reads or writes its rows; functions have a bracket behind theirs. */
const NAMED = /\b(?:UPDATE|(?<!DISTINCT )FROM|JOIN|USING|INTO)\s+"?(\w+)"?(?!\w|\.|\s*\()/gi
const tablesBehind = (sql: string, words: RegExp) => new Set([...sql.matchAll(words)].map(([, name]) => name!))

/**
 * Tables whose rows a migration reads or writes while it sees none of them: the policies are forced on the owner too, and a migration
 * has no tenant. It takes the force off for its transaction, and puts it on again.
 */
export function hiddenTables(sql: string): string[] {
  const plain = sql.replace(/\$\$[\s\S]*?\$\$/g, "''").replace(/--[^\n]*/g, '')
  const [made, opened] = [
    tablesBehind(plain, /\bCREATE TABLE "?(\w+)/gi),
    tablesBehind(plain, /\bALTER TABLE "?(\w+)"? NO FORCE ROW LEVEL/gi),
  ]
  const closed = tablesBehind(plain, /\bALTER TABLE "?(\w+)"? FORCE ROW LEVEL/gi)
  const statements = plain.split(';').filter((one) => /^\s*(UPDATE|DELETE|INSERT|WITH)\b/i.test(one))
  const used = statements.flatMap((one) => {
    const parts = tablesBehind(one, /(?:\bWITH|,)\s+(\w+) AS \(/gi)
    return [...tablesBehind(one, NAMED)].filter((name) => !parts.has(name) && !made.has(name))
  })
  return [...new Set(used)].filter((name) => !(opened.has(name) && closed.has(name)))
}

/** squawk's rules over all migrations, and our own. */
export function lintMigrations(run: (command: string, args: string[]) => void, squawk: string): void {
  const files = globSync('services/*/migrations/*.sql', { cwd: ROOT })
  run(squawk, ['-c', '.squawk.toml', ...files])
  const found = files.flatMap((file) =>
    unbatchedStatements(readFileSync(`${ROOT}${file}`, 'utf8')).map((statement) => `  ${file}: ${statement.slice(0, 100)}`),
  )
  const hidden = files.flatMap((file) => hiddenTables(readFileSync(`${ROOT}${file}`, 'utf8')).map((table) => `  ${file}: ${table}`))
  if (hidden.length > 0)
    throw new Error(
      `These tables hide their rows from the migration. ALTER TABLE ... NO FORCE ROW LEVEL SECURITY, and FORCE it behind:\n${hidden.join('\n')}`,
    )
  if (found.length > 0) throw new Error(`These statements write every row in one go. Backfill in batches by a job:\n${found.join('\n')}`)
}
