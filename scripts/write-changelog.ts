import { readFileSync, writeFileSync } from 'node:fs'
import { baseRef } from './checks/base-ref.ts'
import { CHANGELOG, changesSince } from './checks/public-schema.ts'

/** Adds to the changelog of the public schema, under today's date, what it does not tell yet. */
const base = baseRef()
const changes = base && (await changesSince(base))
const log = readFileSync(CHANGELOG, 'utf8')
const untold = (changes ? changes.all : []).filter((line) => !log.includes(line))
if (untold.length > 0) {
  const today = `## ${new Date().toISOString().slice(0, 10)}\n`
  const at = log.includes(today) ? log.indexOf(today) + today.length : log.search(/^## /m)
  const entry = log.includes(today) ? `\n${untold.join('\n')}\n` : `${today}\n${untold.join('\n')}\n\n`
  writeFileSync(CHANGELOG, log.slice(0, at) + entry + log.slice(at))
}
process.stdout.write(`${untold.length} changes are added to gateway/CHANGELOG.md\n`)
