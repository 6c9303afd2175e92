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

/** squawk's rules over all migrations, and our own. */
export function lintMigrations(run: (command: string, args: string[]) => void, squawk: string): void {
  const files = globSync('services/*/migrations/*.sql', { cwd: ROOT })
  run(squawk, ['-c', '.squawk.toml', ...files])
  const found = files.flatMap((file) =>
    unbatchedStatements(readFileSync(`${ROOT}${file}`, 'utf8')).map((statement) => `  ${file}: ${statement.slice(0, 100)}`),
  )
  if (found.length > 0) throw new Error(`These statements write every row in one go. Backfill in batches by a job:\n${found.join('\n')}`)
}
