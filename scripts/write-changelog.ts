import { readFileSync, writeFileSync } from 'node:fs'
import { writeUnreleased } from './releases/changelog.rules.ts'
import { contractsIn, listChanges } from './releases/contracts.ts'
import { CHANGELOG } from './releases/gates.ts'
import { comparedWith } from './releases/versions.ts'

/** Lists in the changelog the changes since the newest release, or since the baseline before the first. */
const lines = await listChanges(contractsIn(comparedWith()))
writeFileSync(CHANGELOG, writeUnreleased(readFileSync(CHANGELOG, 'utf8'), lines))
process.stdout.write(`gateway/CHANGELOG.md lists ${lines.length} changes as unreleased\n`)
