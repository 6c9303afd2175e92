import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { ROOT } from '../stack/paths.ts'

/** Folder of the contracts of each release, by version, and of the baseline that counts before the first release. */
export const RELEASES = `${ROOT}releases`
const VERSION = /^\d+\.\d+\.\d+$/

/**
 * The newest version that has its contracts in the folder; undefined before the first release. Committed files decide it, so
 * that a shallow clone without tags knows it too.
 */
export function newestRelease(folder = RELEASES): string | undefined {
  if (!existsSync(folder)) return undefined
  return readdirSync(folder)
    .filter((name) => VERSION.test(name))
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .at(-1)
}

/** Folder of the contracts with which the present ones are compared: the newest release, or the baseline before the first. */
export const comparedWith = (folder = RELEASES): string => `${folder}/${newestRelease(folder) ?? 'baseline'}`

/** @throws Error for a version that has not three numbers, or is not above the newest release */
export function requireNext(version: string, newest: string | undefined): void {
  if (!VERSION.test(version)) throw new Error(`${version} is no version of three numbers, such as 1.4.0`)
  if (newest && version.localeCompare(newest, 'en', { numeric: true }) <= 0)
    throw new Error(`${version} is not above the newest release, ${newest}. Raise the version in package.json.`)
}

/**
 * The tag of the newest release, whose code an upgrade starts from; undefined before the first release.
 * @throws Error where the clone lacks the tag
 */
export function releaseTag(root = ROOT): string | undefined {
  const version = newestRelease(`${root}/releases`)
  if (!version) return undefined
  const { status } = spawnSync('git', ['cat-file', '-e', `v${version}^{commit}`], { cwd: root })
  if (status !== 0) throw new Error(`The code of release ${version} is not here. Run git fetch --tags origin v${version}.`)
  return `v${version}`
}
