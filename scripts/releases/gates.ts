import { readFileSync } from 'node:fs'
import { ROOT } from '../stack/paths.ts'
import { writeUnreleased } from './changelog.rules.ts'
import { type Contracts, contractsIn, listChanges, protoBreaks, publicSchemaChanges, schemaBreaks, TODAY } from './contracts.ts'
import { comparedWith, newestRelease, RELEASES } from './versions.ts'

export const CHANGELOG = `${ROOT}gateway/CHANGELOG.md`

/** Inputs of a gate: the folder of the releases, and the present contracts. */
export type Compared = { releases: string; now: Contracts; changelog: string; say: (line: string) => void }
const HERE: Compared = { releases: RELEASES, now: TODAY, changelog: CHANGELOG, say: (line) => void process.stdout.write(`  ${line}\n`) }

/** @throws Error for a change that breaks readers of the newest release's events */
export const protoKept = (of = HERE): Promise<void> =>
  sinceRelease(of, async (old) => refuse('These changes break readers of events; add, and reserve what goes:', protoBreaks(old, of.now)))

/** @throws Error for a change that breaks clients of the newest release */
export const schemaKept = (of = HERE): Promise<void> =>
  sinceRelease(of, async (old) => refuse('These changes break clients; deprecate first, remove later:', await schemaBreaks(old, of.now)))

/** @throws Error for a change that breaks partners of the newest release */
export const publicSchemaKept = (of = HERE): Promise<void> =>
  sinceRelease(of, async (old) => {
    const { breaking, dangerous } = await publicSchemaChanges(old, of.now)
    for (const one of dangerous) of.say(`to be announced: ${one}`)
    const today = new Date().toISOString().slice(0, 10)
    refuse(
      `These changes break partners. Deprecate first ("Deprecated ${today}. Use X."), remove after 180 days when FIELD_USAGE shows no use:`,
      breaking,
    )
  })

/** @throws Error while the changelog does not list exactly the changes since the newest release, or the baseline */
export async function changelogFresh({ releases, now, changelog } = HERE): Promise<void> {
  const lines = await listChanges(contractsIn(comparedWith(releases)), now)
  const log = readFileSync(changelog, 'utf8')
  if (log === writeUnreleased(log, lines)) return
  const missing = lines.filter((line) => !log.includes(line))
  refuse('The changelog does not list what has changed. Run npm run changelog:', missing.length > 0 ? missing : ['(other lines)'])
}

async function sinceRelease({ releases, say }: Compared, compare: (old: Contracts) => Promise<void>): Promise<void> {
  if (newestRelease(releases)) return compare(contractsIn(comparedWith(releases)))
  say('no release yet: contracts may break, and the changelog lists each break')
}

function refuse(reason: string, found: readonly string[]): void {
  if (found.length > 0) throw new Error(`${reason}\n${found.map((one) => `  ${one}`).join('\n')}`)
}
