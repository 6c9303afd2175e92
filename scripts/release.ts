import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { outsiders, readLock } from './checks/supply-chain.ts'
import { ROOT } from './stack/paths.ts'

/**
 * `npm run release`: what a release is accompanied by, and the checks that need the registry. Writes dist/release/sbom.json
 * (CycloneDX, without development packages) and licences.csv; fails on a known hole, a bad signature or a package younger
 * than a week.
 */
const FOLDER = `${ROOT}dist/release`
const SBOM_TOOL = '@cyclonedx/cyclonedx-npm@6.0.1'
const LEAST_AGE_MS = 7 * 86_400_000

const say = (line: string) => void process.stdout.write(`${line}\n`)
const npm = (...args: string[]) =>
  execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 256 * 1024 ** 2, stdio: ['ignore', 'pipe', 'pipe'] })

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
for (const line of wrong) say(`✗ ${line}`)
process.exit(wrong.length === 0 ? 0 : 1)
