import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../../node_modules/.bin/', import.meta.url))

/** Runs an installed program in a folder. @throws Error with its output when it fails */
export function run(command: string, args: string[], cwd: string): void {
  const { status, stdout, stderr, error } = spawnSync(`${BIN}${command}`, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '0' },
  })
  if (status !== 0) throw new Error(`${stdout}${stderr}${error?.message ?? ''}`.trim().slice(0, 8_000))
}
