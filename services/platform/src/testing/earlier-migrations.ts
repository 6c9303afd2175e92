import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { makeFolder } from './folder.ts'

/** A service's migrations as the previous release had them. @param next the first one that it did not have */
export function earlierMigrations(folder: string, next: string): { path: string; remove: () => void } {
  const copy = makeFolder('migrations')
  cpSync(folder, copy.path, { recursive: true })
  const file = `${copy.path}/meta/_journal.json`
  const journal = JSON.parse(readFileSync(file, 'utf8')) as { entries: { tag: string }[] }
  const end = journal.entries.findIndex(({ tag }) => tag === next)
  if (end < 0) throw new Error(`There is no migration ${next}`)
  writeFileSync(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, end) }))
  return copy
}
