import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { ROOT } from '../stack/paths.ts'
import { type PublicChanges, publicChanges, type Usage } from './breaking-changes.ts'

const PUBLIC = 'gateway/public.graphql'
export const CHANGELOG = `${ROOT}gateway/CHANGELOG.md`

/** How the public schema differs from that of an earlier commit; nothing where it had none. */
export async function changesSince(ref: string): Promise<PublicChanges | undefined> {
  const old = spawnSync('git', ['show', `${ref}:${PUBLIC}`], { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 })
  if (old.status !== 0) return undefined
  return publicChanges(old.stdout, readFileSync(`${ROOT}${PUBLIC}`, 'utf8'), readUsage(), new Date())
}

/** Counts as the metric `renmai_fields_used` gives them, summed over all clients. */
function readUsage(): Usage | undefined {
  const file = process.env.FIELD_USAGE
  return file ? (JSON.parse(readFileSync(file, 'utf8')) as Usage) : undefined
}

/** @throws Error for what breaks partners, and for what the changelog does not say */
export async function publicSchemaKept(base: string | undefined): Promise<void> {
  const changes = base && (await changesSince(base))
  if (!changes) return
  for (const one of changes.dangerous) process.stdout.write(`  to be announced: ${one}\n`)
  if (changes.breaking.length > 0)
    throw new Error(
      `These changes break partners. Deprecate first ("Deprecated ${new Date().toISOString().slice(0, 10)}. Use X."), remove after 180 days when FIELD_USAGE shows no use:\n${changes.breaking.map((one) => `  ${one}`).join('\n')}`,
    )
  const log = readFileSync(CHANGELOG, 'utf8')
  const untold = changes.all.filter((line) => !log.includes(line))
  if (untold.length > 0) throw new Error(`gateway/CHANGELOG.md does not tell of these. Run npm run changelog:\n${untold.join('\n')}`)
}
