import { readFileSync, writeFileSync } from 'node:fs'
import { writeUnreleased } from './releases/changelog.rules.ts'
import { contractsIn, listChanges } from './releases/contracts.ts'
import { CHANGELOG } from './releases/gates.ts'
import { comparedWith } from './releases/versions.ts'

/** Lists in the changelog what has changed since the newest release, or since the baseline while there is none. */
const lines = await listChanges(contractsIn(comparedWith()))
writeFileSync(CHANGELOG, writeUnreleased(readFileSync(CHANGELOG, 'utf8'), lines))
process.stdout.write(`gateway/CHANGELOG.md lists ${lines.length} changes as unreleased\n`)
