import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { outsiders, readLock } from './checks/lock.ts'
import { TODAY } from './releases/contracts.ts'
import { CHANGELOG, changelogFresh, protoKept, publicSchemaKept, schemaKept } from './releases/gates.ts'
import { makeRelease } from './releases/make-release.ts'
import { newestRelease, RELEASES, requireNext } from './releases/versions.ts'
import { ROOT } from './stack/paths.ts'

/**
 * `npm run release`: makes a release of the version in package.json. Writes dist/release/sbom.json (CycloneDX, without
 * development packages) and licences.csv; fails on a known vulnerability, a bad signature, a package younger than a week, or a
 * contract that breaks the previous release. When all checks pass, keeps the contracts in releases/<version>, closes the section of
 * the changelog and prints the commands that commit and tag; it runs neither.
 */
const FOLDER = `${ROOT}dist/release`
const SBOM_TOOL = '@cyclonedx/cyclonedx-npm@6.0.1'
const LEAST_AGE_MS = 7 * 86_400_000

const say = (line: string) => void process.stdout.write(`${line}\n`)
const npm = (...args: string[]) =>
  execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 256 * 1024 ** 2, stdio: ['ignore', 'pipe', 'pipe'] })

const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { version: string }
// Refused before the long checks.
requireNext(version, newestRelease())
mkdirSync(FOLDER, { recursive: true })
const shipped = outsiders(readLock()).filter((one) => !one.found.dev)

// Two generations of OpenTelemetry stand side by side, whose peers npm calls invalid; the list is complete all the same.
npm(
  'exec',
  '--yes',
  '--',
  SBOM_TOOL,
  '--omit',
  'dev',
  '--ignore-npm-errors',
  '--output-reproducible',
  '--output-file',
  `${FOLDER}/sbom.json`,
)
say(`${FOLDER}/sbom.json`)

const rows = [...new Set(shipped.map(({ name, found }) => `${name},${found.version},"${found.license ?? ''}"`))].toSorted()
writeFileSync(`${FOLDER}/licences.csv`, `package,version,licence\n${rows.join('\n')}\n`)
say(`${FOLDER}/licences.csv: ${rows.length} packages`)

const wrong: string[] = []
for (const [what, args] of Object.entries({
  'known holes': ['audit', '--omit=dev', '--audit-level=high'],
  signatures: ['audit', 'signatures'],
})) {
  try {
    npm(...args)
    say(`${what}: none found wrong`)
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    wrong.push(`${what}: ${`${stdout}${stderr}`.trim().split('\n').slice(-20).join('\n')}`)
  }
}

for (const one of new Set(shipped.map(({ name, found }) => `${name}@${found.version}`))) {
  const [name, version] = [one.slice(0, one.lastIndexOf('@')), one.slice(one.lastIndexOf('@') + 1)]
  const times = JSON.parse(npm('view', name, 'time', '--json')) as Record<string, string>
  const age = Date.now() - new Date(times[version] ?? 0).getTime()
  if (age < LEAST_AGE_MS) wrong.push(`${one} was published ${Math.round(age / 86_400_000)} days ago`)
}
for (const gate of [protoKept, schemaKept, publicSchemaKept, changelogFresh]) {
  await gate().catch((error: Error) => wrong.push(error.message))
}
for (const line of wrong) say(`✗ ${line}`)
if (wrong.length > 0) process.exit(1)

const today = new Date().toISOString().slice(0, 10)
const commands = makeRelease(version, today, { releases: RELEASES, now: TODAY, changelog: CHANGELOG })
say(`releases/${version} holds the contracts. Check the changes, then run:\n${commands.map((one) => `  ${one}`).join('\n')}`)
