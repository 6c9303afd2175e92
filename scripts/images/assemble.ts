import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { basename } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { SERVICES } from '../compose-supergraph.ts'
import { ROOT } from '../stack/paths.ts'
import { collectPackages, copyPackages } from './collect-packages.ts'
import { describeContents } from './describe-contents.ts'

export const IMAGES = [...SERVICES, 'gateway'] as const
export type Image = (typeof IMAGES)[number]

/** Files that a part reads at run time; their path from the bundle is the same as from the source. */
const FILES: Record<'service' | 'gateway', readonly string[]> = {
  service: ['migrations'],
  gateway: ['explorer', 'pages', 'supergraph.graphql', 'supergraph.public.graphql', 'public.graphql', 'llms.txt'],
}

/** Threads that a part starts: each is a file of its own beside the part's code. */
const THREADS: Partial<Record<Image, readonly string[]>> = {
  identity: ['services/identity/src/match-models/estimate-worker.ts'],
  engagement: ['services/platform/src/render/template-worker.ts'],
  campaign: ['services/platform/src/render/template-worker.ts'],
}

/**
 * Assembles the contents of a part's image: our code in one file and one for each thread, only the packages that it needs,
 * the files that it reads, its SBOM (CycloneDX), and licences.
 *
 *     <folder>/<part>/dist/main.js   <folder>/platform/migrations   <folder>/node_modules   <folder>/main.js
 */
export async function assemble(image: Image, folder: string): Promise<{ packages: number }> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const source = image === 'gateway' ? 'gateway' : `services/${image}`
  const imported = await bundle(`${ROOT}${source}/src/main.ts`, `${folder}/${image}/dist/main.js`)
  for (const thread of THREADS[image] ?? []) {
    const outfile = `${folder}/${image}/dist/${basename(thread, '.ts')}.js`
    for (const [name, workspace] of await bundle(`${ROOT}${thread}`, outfile)) imported.set(name, workspace)
  }
  await bundle(`${ROOT}scripts/images/healthcheck.ts`, `${folder}/healthcheck.js`)
  for (const file of FILES[image === 'gateway' ? 'gateway' : 'service']) copy(`${source}/${file}`, `${folder}/${image}/${file}`)
  copy('services/platform/migrations', `${folder}/platform/migrations`)
  copy('LICENSE', `${folder}/LICENSE`)
  const places = collectPackages(imported)
  copyPackages(places, folder)
  const { version, license } = JSON.parse(readFileSync(`${ROOT}${source}/package.json`, 'utf8')) as { version: string; license: string }
  writeFileSync(`${folder}/main.js`, `import './${image}/dist/main.js'\n`)
  const described = {
    name: `renmai-${image}`,
    version,
    license,
    private: true,
    type: 'module',
    dependencies: versionsOf(places, imported.keys()),
  }
  writeFileSync(`${folder}/package.json`, `${JSON.stringify(described, undefined, 2)}\n`)
  describeContents(folder)
  return { packages: places.size }
}

const copy = (from: string, to: string) => cpSync(`${ROOT}${from}`, to, { recursive: true })

/**
 * First-party code becomes one file; packages stay outside, since some find their own files by their place.
 * @returns the packages that it imports, with the workspace whose code imports each
 */
async function bundle(entry: string, outfile: string): Promise<Map<string, string>> {
  const imported = new Map<string, string>()
  const leaveOut = (path: string, importer: string) => {
    if (!builtinModules.includes(path.replace(/^node:/, ''))) imported.set(packageOf(path), workspaceOf(importer))
    return { path, external: true }
  }
  const plugin: Plugin = {
    name: 'first-party-only',
    setup: (building) =>
      building.onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) =>
        kind === 'entry-point' || path.startsWith('@renmai/') ? undefined : leaveOut(path, importer),
      ),
  }
  const rest = { bundle: true, platform: 'node', target: 'node24', format: 'esm', sourcemap: true, logLevel: 'error' } as const
  await build({ entryPoints: [entry], outfile, plugins: [plugin], ...rest })
  return imported
}

const packageOf = (path: string) =>
  path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/')

const workspaceOf = (file: string) => /^(services\/[^/]+|[^/]+)/.exec(file.slice(ROOT.length))![0]

function versionsOf(places: ReadonlyMap<string, string>, names: Iterable<string>): Record<string, string> {
  const versionOf = (name: string) =>
    (JSON.parse(readFileSync(`${ROOT}${places.get(`node_modules/${name}`)}/package.json`, 'utf8')) as { version: string }).version
  return Object.fromEntries([...names].sort().map((name) => [name, versionOf(name)]))
}

if (import.meta.main) {
  const [image = '', folder = ''] = process.argv.slice(2)
  if (!IMAGES.includes(image as Image) || folder === '' || existsSync(`${folder}/.git`))
    throw new Error(`Name the part and the folder: node scripts/images/assemble.ts ${IMAGES.join('|')} <folder>, which is emptied`)
  const { packages } = await assemble(image as Image, folder)
  process.stdout.write(`${image}: ${packages} packages in ${folder}\n`)
}
