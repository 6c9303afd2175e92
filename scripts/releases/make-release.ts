import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { closeUnreleased } from './changelog.rules.ts'
import { keepContracts } from './contracts.ts'
import type { Compared } from './gates.ts'
import { newestRelease, requireNext } from './versions.ts'

/**
 * Stores the present contracts as those of a version, and names the changelog's section. The first release replaces the
 * baseline.
 * @param date `2026-11-29`
 * @returns the commands that make the release public
 * @throws Error for a version that is not above the newest release
 */
export function makeRelease(version: string, date: string, { releases, now, changelog }: Omit<Compared, 'say'>): string[] {
  requireNext(version, newestRelease(releases))
  keepContracts(`${releases}/${version}`, now)
  rmSync(`${releases}/baseline`, { recursive: true, force: true })
  writeFileSync(changelog, closeUnreleased(readFileSync(changelog, 'utf8'), version, date))
  return [
    `git add releases gateway/CHANGELOG.md && git commit -m "Release ${version}"`,
    `git tag -s v${version} -m "Release ${version}" && git push origin HEAD v${version}`,
  ]
}
