import { readFileSync } from 'node:fs'
import { ROOT } from '../stack/paths.ts'

/** A package as the lock file describes it. */
export type Locked = {
  version?: string
  resolved?: string
  integrity?: string
  link?: boolean
  dev?: boolean
  license?: string
  hasInstallScript?: boolean
}
export type Lock = { packages: Record<string, Locked> }

/** Licences under which anybody may use and ship. */
const FREE = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'CC0-1.0',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC-BY-4.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
])
/** Accepted deliberately: the README's section on licences states the consequences. */
const KNOWN: Record<string, string> = { 'Elastic-2.0': '@apollo/' }

export const readLock = (): Lock => JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8')) as Lock

const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** Packages from outside, one entry for each place where one is installed. */
export function outsiders({ packages }: Lock): { name: string; path: string; found: Locked }[] {
  return Object.entries(packages)
    .filter(([path, found]) => path.includes('node_modules/') && !found.link)
    .map(([path, found]) => ({ name: nameOf(path), path, found }))
}

/** Packages that could be replaced unnoticed: without a hash, with a weak one, or from another source than a registry. */
export function looseEnds(lock: Lock): string[] {
  return outsiders(lock).flatMap(({ path, found: { integrity, resolved } }) => {
    if (!integrity?.startsWith('sha512-')) return [`${path} has no sha512 in the lock file`]
    if (resolved && !/^https:\/\/[^/]+\/.*\.tgz$/.test(resolved)) return [`${path} comes from ${resolved}`]
    return []
  })
}

/** Packages with an install script without a decision, and decisions on packages that have no such script. */
export function undecidedScripts(lock: Lock, decided: Record<string, boolean>): string[] {
  const having = new Set(
    outsiders(lock)
      .filter((one) => one.found.hasInstallScript)
      .map((one) => one.name),
  )
  return [
    ...[...having]
      .filter((name) => !(name in decided))
      .map((name) => `${name} wants to run a script; decide in allowScripts of package.json`),
    ...Object.keys(decided)
      .filter((name) => !having.has(name))
      .map((name) => `${name} has no install script; remove it from allowScripts`),
  ]
}

/** Whether an SPDX expression allows the choice of a free licence. */
function isFree(expression: string): boolean {
  const plain = expression.replace(/[()]/g, '')
  return plain.split(' OR ').some((choice) => choice.split(' AND ').every((one) => FREE.has(one.trim())))
}

export function unknownLicences(lock: Lock): string[] {
  return outsiders(lock).flatMap(({ name, found: { license = 'none' } }) => {
    const owner = KNOWN[license]
    return isFree(license) || (owner && name.startsWith(owner)) ? [] : [`${name}: ${license}`]
  })
}

/** @throws Error that lists what is wrong */
export function requireNone(what: string, found: string[]): void {
  if (found.length > 0) throw new Error(`${what}\n${[...new Set(found)].map((one) => `  ${one}`).join('\n')}`)
}

export const decidedScripts = () =>
  (JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { allowScripts: Record<string, boolean> }).allowScripts
