import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { ROOT } from '../stack/paths.ts'

type Names = Record<string, string>
type Locked = {
  dependencies?: Names
  optionalDependencies?: Names
  peerDependencies?: Names
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}
type Lock = Record<string, Locked>
/** The place of a package, in the project and in the image. */
type Place = { source: string; target: string }

/** Packages that serve files bundled from their dependencies: the explorer's parts (150 MB of React and editors) do not run here. */
const READY_MADE = new Set(['ruru'])

/**
 * Finds the project's packages that a bundle needs: those that it imports and, by the lock file, their dependencies, at the
 * versions that they get here. Imported packages lie at the top, another version of one beside the package that needs it.
 * @param imported names of packages, with the workspace whose code imports each
 * @returns the place of each in the image (`node_modules/pg`) and in the project
 * @throws Error for a package that is needed and not installed
 */
export function collectPackages(imported: ReadonlyMap<string, string>): Map<string, string> {
  const { packages } = JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8')) as { packages: Lock }
  const found = new Map<string, string>()
  const follow = ({ source, target }: Place): void => {
    if (READY_MADE.has(source.slice('node_modules/'.length))) return
    for (const { name, isOptional } of needsOf(packages[source]!)) {
      const place = placeOf(packages, source, name)
      if (!place && isOptional) continue
      if (!place) throw new Error(`${name} is needed by ${source} and not installed. Run npm install.`)
      const isTaken = found.has(place) && found.get(place) !== place
      const next = targetOf(place, { source, target }, name, isTaken)
      if (found.get(next) === place) continue
      found.set(next, place)
      follow({ source: place, target: next })
    }
  }
  for (const [name, workspace] of imported) {
    const source = placeOf(packages, workspace, name)
    if (!source) throw new Error(`${name} is imported by ${workspace} and not installed. Run npm install.`)
    found.set(`node_modules/${name}`, source)
  }
  const imports = Object.fromEntries(found)
  for (const target of Object.keys(imports)) follow({ source: imports[target]!, target })
  return found
}

function targetOf(place: string, above: Place, name: string, isTaken: boolean): string {
  if (place.startsWith(`${above.source}/`)) return `${above.target}${place.slice(above.source.length)}`
  return place.startsWith('node_modules/') && !isTaken ? place : `${above.target}/node_modules/${name}`
}

function needsOf({ dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} }: Locked) {
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional)
  return [
    ...Object.keys(dependencies).map((name) => ({ name, isOptional: name in optionalDependencies })),
    ...[...Object.keys(optionalDependencies), ...peers].map((name) => ({ name, isOptional: true })),
  ]
}

/** Node searches beside the importing package, then one folder further out, and so on. */
function placeOf(packages: Lock, from: string, name: string): string | undefined {
  const parts = from.split('/node_modules/')
  const folders = parts.map((_, at) => parts.slice(0, parts.length - at).join('/node_modules/'))
  return [...folders, '']
    .map((folder) => (folder ? `${folder}/node_modules/${name}` : `node_modules/${name}`))
    .find((place) => packages[place] && existsSync(`${ROOT}${place}`))
}

/** Files that only authors of packages read: they would be half of the image. */
const UNUSED = /\.(map|md|markdown|d\.[cm]?ts|ts|tsx|flow)$|\/(test|tests|__tests__|docs|example|examples|\.github)$/

export function copyPackages(places: ReadonlyMap<string, string>, folder: string): void {
  for (const [target, source] of places) {
    const from = `${ROOT}${source}`
    const filter = (path: string) => !UNUSED.test(path.slice(from.length)) && !path.slice(from.length + 1).startsWith('node_modules')
    cpSync(from, `${folder}/${target}`, { recursive: true, filter })
    if (READY_MADE.has(target.slice('node_modules/'.length))) forgetDependencies(`${folder}/${target}/package.json`)
  }
}

/** Removes the dependencies from a manifest: they are left out on purpose and must not count as missing. */
function forgetDependencies(manifest: string): void {
  const { dependencies: _parts, peerDependencies: _more, ...rest } = JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, unknown>
  writeFileSync(manifest, JSON.stringify(rest, undefined, 2))
}
