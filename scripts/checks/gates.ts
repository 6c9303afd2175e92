import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { printSchema } from 'graphql'
import { renderCharts } from '../charts/write-charts.ts'
import { clientSchemaOf, composeSupergraphs, SERVICES } from '../compose-supergraph.ts'
import { changelogFresh, protoKept, publicSchemaKept, schemaKept } from '../releases/gates.ts'
import { readFailures } from '../sdl/read-failures.ts'
import { strayFiles } from '../sdl/read-sdl.ts'
import { BUS_PERMISSIONS, ROOT } from '../stack/paths.ts'
import { renderBusPermissions } from '../write-bus-permissions.ts'
import { OPERATIONS, renderOperations } from '../write-operations.ts'
import { pagesFresh } from '../write-pages.ts'
import { renderSettings } from '../write-settings.ts'
import { checkSources } from './check-sources.ts'
import { brokenCodes } from './codes/broken-codes.ts'
import { reachCodes } from './codes/reach-codes.ts'
import { lintMigrations } from './lint-migrations.ts'
import { lintSchema } from './lint-schema.ts'
import { decidedScripts, looseEnds, readLock, requireNone, undecidedScripts, unknownLicences } from './lock.ts'
import { brokenNullability, readAnswers } from './nullability.ts'
import { brokenConventions, brokenSdlRules } from './schema.ts'
import { checkWords } from './words.ts'

/** A gate: it passes, or throws an error that states what is wrong. */
export type Gate = { name: string; run: () => void | Promise<void> }

const PROJECTS = ['services/platform', ...SERVICES.map((name) => `services/${name}`), 'gateway', 'gateway/sdk', 'proto', 'scripts']

/** Runs one of our own programs. Its output is the reason when it fails. */
function run(command: string, args: string[], cwd = ROOT): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
    env: { ...process.env, FORCE_COLOR: '0' },
  })
  if (status !== 0) throw new Error(`${stdout}${stderr}${error?.message ?? ''}`.trim().split('\n').slice(-60).join('\n'))
}

const bin = (name: string) => `${ROOT}node_modules/.bin/${name}`

async function schemaComposes(): Promise<void> {
  for (const [path, text] of Object.entries(await composeSupergraphs()))
    if (text !== readFileSync(`${ROOT}${path}`, 'utf8'))
      throw new Error(`${path} is not what the SDL composes to. Run npm run compose and commit it.`)
}

function operationsFresh(): void {
  if (readFileSync(OPERATIONS, 'utf8') !== renderOperations(readFileSync(`${ROOT}gateway/public.graphql`, 'utf8')))
    throw new Error('gateway/sdk/operations.graphql is not what the public schema offers. Run node scripts/write-operations.ts.')
}

async function schemaRules(): Promise<void> {
  const answers = Object.fromEntries(await Promise.all(SERVICES.map(async (name) => [name, await readAnswers(name)] as const)))
  const [whole] = Object.values(await composeSupergraphs())
  const broken = [
    ...SERVICES.flatMap((name) => strayFiles(`${ROOT}services/${name}`)),
    ...Object.entries(answers).flatMap(([name, { sdl }]) => brokenSdlRules(name, sdl)),
    ...brokenNullability(answers),
    ...brokenConventions(clientSchemaOf(whole!)),
  ]
  requireNone('The schema does not keep these rules:', broken)
}

/** The codes of each mutation, in its enum and in its code. */
function errorCodes(): void {
  const broken = SERVICES.flatMap((name) => {
    const folder = `${ROOT}services/${name}`
    const sdl = readFileSync(`${folder}/src/gen/schema.graphql`, 'utf8')
    return brokenCodes(sdl, reachCodes(folder, new Set(readFailures(folder).keys())))
  })
  requireNone('The codes of mutations are not what their code can fail with:', broken)
}

/** Rules of others for both schemas, of partners and of everybody. */
async function schemaLints(): Promise<void> {
  const [whole] = Object.values(await composeSupergraphs())
  requireNone('The schema does not keep the rules of graphql-eslint:', [
    ...lintSchema('gateway/public.graphql', readFileSync(`${ROOT}gateway/public.graphql`, 'utf8')),
    ...lintSchema('gateway/schema.graphql', printSchema(clientSchemaOf(whole!))),
  ])
}

/** drizzle-kit writes a migration when the tables differ from the migrations; then one was forgotten. */
function migrationsFresh(): void {
  for (const name of SERVICES) {
    const folder = `services/${name}/migrations`
    const status = () => execFileSync('git', ['status', '--porcelain', '--untracked-files=all', folder], { cwd: ROOT, encoding: 'utf8' })
    const before = status()
    run(bin('drizzle-kit'), ['generate', '--name', 'forgotten'], `${ROOT}services/${name}`)
    const forgotten = status()
      .split('\n')
      .filter((line) => line.startsWith('??') && !before.includes(line))
      .map((line) => line.slice(3))
    if (forgotten.length === 0) continue
    for (const file of forgotten) rmSync(`${ROOT}${file}`)
    run('git', ['checkout', '--', `${folder}/meta/_journal.json`])
    throw new Error(`The tables of ${name} have changed without a migration. Run npm run migration -w @renmai/${name} -- --name <what>.`)
  }
}

async function settingsDocumented(): Promise<void> {
  for (const [file, text] of await renderSettings()) {
    if (readFileSync(file, 'utf8') !== text)
      throw new Error(`${file} does not show the settings as they are. Run node scripts/write-settings.ts.`)
  }
}

async function permissionsFresh(): Promise<void> {
  if (readFileSync(BUS_PERMISSIONS, 'utf8') !== (await renderBusPermissions()))
    throw new Error('charts/renmai/bus-permissions.json is not what the services need. Run node scripts/write-bus-permissions.ts.')
}

async function chartsFresh(): Promise<void> {
  const stale = [...(await renderCharts())].filter(([file, text]) => readFileSync(`${ROOT}${file}`, 'utf8') !== text).map(([file]) => file)
  requireNone('These files of the charts are not what they are made from; run node scripts/charts/write-charts.ts:', stale)
}

/** Each direction rule has a fixture that breaks it and no other rule. */
function directionsBite(): void {
  const { stdout } = spawnSync(
    bin('depcruise'),
    ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'scripts/checks/fixtures'],
    { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 },
  )
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { rule: { name: string } }[]; ruleSetUsed: { forbidden: { name: string }[] } }
  }
  const bitten = new Set(summary.violations.map((one) => one.rule.name))
  const toothless = summary.ruleSetUsed.forbidden.map((rule) => rule.name).filter((name) => !bitten.has(name))
  if (toothless.length > 0) throw new Error(`These rules let their bad example pass: ${toothless.join(', ')}`)
}

export const gates: Gate[] = [
  { name: 'format', run: () => run(bin('biome'), ['check', '--config-path=.biome.json', '.']) },
  { name: 'types', run: () => run(process.execPath, ['node_modules/@typescript/native/bin/tsc', '-b', ...PROJECTS]) },
  { name: 'lint', run: () => run(bin('oxlint'), ['--type-aware', 'services', 'gateway', 'gateway/sdk', 'proto', 'scripts']) },
  {
    name: 'directions',
    run: () =>
      run(bin('depcruise'), [
        '--config',
        '.dependency-cruiser.cjs',
        'services',
        'gateway',
        'proto',
        'scripts',
        '--exclude',
        'fixtures|/gen/|/dist/|node_modules/.*/node_modules',
      ]),
  },
  { name: 'directions bite', run: directionsBite },
  { name: 'sources', run: () => checkSources() },
  { name: 'words', run: checkWords },
  { name: 'dead code', run: () => run(bin('knip'), ['--no-progress', '--no-config-hints']) },
  { name: 'proto lint', run: () => run(bin('buf'), ['lint'], `${ROOT}proto`) },
  { name: 'proto breaking', run: () => protoKept() },
  { name: 'migrations lint', run: () => lintMigrations(run, bin('squawk')) },
  { name: 'migrations fresh', run: migrationsFresh },
  { name: 'schema composes', run: schemaComposes },
  { name: 'schema rules', run: schemaRules },
  { name: 'schema lint', run: schemaLints },
  { name: 'error codes', run: errorCodes },
  { name: 'operations fresh', run: operationsFresh },
  { name: 'charts fresh', run: chartsFresh },
  { name: 'pages fresh', run: pagesFresh },
  { name: 'schema breaking', run: () => schemaKept() },
  { name: 'public schema kept', run: () => publicSchemaKept() },
  { name: 'changelog fresh', run: () => changelogFresh() },
  { name: 'settings documented', run: settingsDocumented },
  { name: 'bus permissions', run: permissionsFresh },
  { name: 'lock', run: () => requireNone('The lock file does not pin these:', looseEnds(readLock())) },
  { name: 'install scripts', run: () => requireNone('Install scripts:', undecidedScripts(readLock(), decidedScripts())) },
  { name: 'licences', run: () => requireNone('Nobody has checked these licences:', unknownLicences(readLock())) },
]
