import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { makeFolder } from '@renmai/platform/testing/folder'
import { ROOT } from '../stack/paths.ts'

export type Release = {
  path: string
  /** Runs the release's own tests of these projects, such as `services/identity`. */
  test: (...projects: string[]) => { hasPassed: boolean; output: string }
  remove: () => void
}

/** Whether a schema has changed since then. */
export function haveMigrationsChanged(ref: string): boolean {
  const paths = readdirSync(`${ROOT}services`).map((name) => `services/${name}/migrations`)
  return spawnSync('git', ['diff', '--quiet', ref, '--', ...paths], { cwd: ROOT }).status !== 0
}

/**
 * Puts the code and the tests of another commit into a folder of their own, with the migrations of this commit: an old pod
 * runs like this between the migration and its end. Packages are shared, except for our own.
 */
export function checkOut(ref: string): Release {
  const folder = makeFolder('release')
  const { path } = folder
  const archive = execFileSync('git', ['archive', ref], { cwd: ROOT, maxBuffer: 512 * 1024 ** 2 })
  execFileSync('tar', ['-x', '-C', path], { input: archive })
  linkPackages(path)
  for (const name of readdirSync(`${path}/services`)) replaceMigrations(`${ROOT}services/${name}`, `${path}/services/${name}`)
  const env = { ...process.env, NX_NO_CLOUD: 'true', NX_DAEMON: 'false', NX_WORKSPACE_ROOT_PATH: path }
  execFileSync('npx', ['nx', 'run-many', '-t', 'generate', '--output-style=static', '--skip-nx-cache'], { cwd: path, env, stdio: 'pipe' })
  const test = (...projects: string[]) => {
    const args = [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--config',
      'scripts/vitest.config.ts',
      ...projects.map((project) => `${project}/`),
    ]
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: path,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 ** 2,
      env: { ...env, VITEST: undefined },
    })
    return { hasPassed: status === 0, output: `${stdout}${stderr}` }
  }
  return { path, test, remove: folder.remove }
}

function replaceMigrations(from: string, to: string): void {
  if (!existsSync(`${from}/migrations`)) return
  rmSync(`${to}/migrations`, { recursive: true, force: true })
  cpSync(`${from}/migrations`, `${to}/migrations`, { recursive: true })
}

/** Links each package to its installed place, and `@renmai/...` to the release's own code. */
function linkPackages(path: string): void {
  for (const folder of ['', 'gateway/', ...readdirSync(`${path}/services`).map((name) => `services/${name}/`), 'scripts/']) {
    const installed = `${ROOT}${folder}node_modules`
    if (!existsSync(installed) || !existsSync(`${path}/${folder}`)) continue
    mkdirSync(`${path}/${folder}node_modules`, { recursive: true })
    for (const name of readdirSync(installed))
      if (name !== '@renmai' && !name.startsWith('.vite')) symlinkSync(`${installed}/${name}`, `${path}/${folder}node_modules/${name}`)
  }
  mkdirSync(`${path}/node_modules/@renmai`)
  const own = {
    ...Object.fromEntries(readdirSync(`${path}/services`).map((name) => [name, `services/${name}`])),
    proto: 'proto',
    gateway: 'gateway',
    sdk: 'gateway/sdk',
  }
  for (const [name, place] of Object.entries(own))
    if (existsSync(`${path}/${place}`)) symlinkSync(`${path}/${place}`, `${path}/node_modules/@renmai/${name}`)
  if (existsSync(`${ROOT}.tools`)) symlinkSync(`${ROOT}.tools`, `${path}/.tools`)
}
