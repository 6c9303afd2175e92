import { spawnSync } from 'node:child_process'
import { ROOT } from '../stack/paths.ts'

/** What changes are compared with: where this line of work left the main branch, or the commit before. */
export function baseRef(): string | undefined {
  const resolve = (ref: string) =>
    spawnSync('git', ['rev-parse', '--verify', '-q', `${ref}^{commit}`], { cwd: ROOT, encoding: 'utf8' }).stdout.trim()
  const head = resolve('HEAD')
  return [resolve(process.env.BASE_REF ?? 'origin/main'), resolve('HEAD~1')].find((ref) => ref !== '' && ref !== head)
}
