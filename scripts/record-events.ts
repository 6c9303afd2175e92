import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { publishedTypes, readContracts } from '@renmai/platform/testing/contracts'
import { makeFolder } from '@renmai/platform/testing/folder'
import { choose, typeOf } from './recording/choose.ts'
import type { Recorded } from './recording/streams.ts'
import { ROOT } from './stack/paths.ts'

/**
 * `node scripts/record-events.ts`: runs the tests that start a whole platform, and writes the events that they publish to
 * proto/recorded/<today>/<publisher>.jsonl. Recordings of other days stay: older streams hold such events. Prints the types
 * that no test published. `node scripts/record-events.ts <folder>` reads the events that other tests of the whole platform
 * wrote with RECORD_EVENTS=<folder>.
 */
const TESTS = ['demo', 'whole', 'endpoint', 'partner'].map((name) => `scripts/tests/${name}.test.ts`)
const target = `${ROOT}proto/recorded/${new Date().toISOString().slice(0, 10)}`

const given = process.argv[2]
const folder = given ? { path: given, remove: () => undefined } : makeFolder('record')
// One after the other: two whole platforms that start concurrently may be too slow for the tests' own limits.
const statuses = (given ? [] : TESTS).map((file) => {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'scripts/vitest.config.ts', file]
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, RECORD_EVENTS: folder.path } }).status
})
const messages = globSync(`${folder.path}/*.jsonl`).flatMap((file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Recorded),
)
folder.remove()
const contracts = await readContracts()
const chosen = choose(messages, contracts)
rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
for (const [publisher, kept] of chosen)
  writeFileSync(`${target}/${publisher}.jsonl`, `${kept.map((one) => JSON.stringify(one)).join('\n')}\n`)

const seen = new Set(messages.map(typeOf))
const missing = publishedTypes(contracts).filter((type) => !seen.has(type))
process.stdout.write(`${messages.length} messages, ${[...chosen.values()].flat().length} kept in ${target}\n`)
process.stdout.write(missing.length > 0 ? `Nothing published: ${missing.join(', ')}\n` : 'Every type is recorded\n')
process.exit(statuses.every((status) => status === 0) ? 0 : 1)
