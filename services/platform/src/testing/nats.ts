import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isAtLeast } from '../events/bus.ts'
import type { Permissions } from '../events/permissions.ts'
import { makePrivateFolder, PRIVATE_FILE } from './folder.ts'
import { type Child, freePort, start } from './processes.ts'

export type Nats = Child & { url: string; monitorUrl: string; port: number }

const TOOLS = fileURLToPath(new URL('../../../../.tools', import.meta.url))
const OLDEST = [2, 10]

const PLACES = [
  `${TOOLS}/nats/usr/sbin/nats-server`,
  `${TOOLS}/nats/usr/bin/nats-server`,
  'nats-server',
  '/usr/sbin/nats-server',
  '/usr/local/bin/nats-server',
]

/**
 * Finds the first usable server: the installed one, or one on the machine. A server that cannot fsync every write is not usable.
 * @throws Error that lists the servers that were found, with the reasons why they are not used
 */
export function findNats(candidates: readonly string[] = PLACES): { path: string; version: string } {
  const found = candidates.flatMap((path) => {
    const version = versionOf(path)
    return version ? [{ path, version }] : []
  })
  const usable = found.find(({ version }) => isAtLeast(version, OLDEST))
  if (usable) return usable
  const seen = found.map(({ path, version }) => `${path} is ${version}`).join(', ')
  throw new Error(
    `No nats-server of 2.10 or later${seen ? ` (${seen}: too old, it cannot fsync every write)` : ''}. Run scripts/bootstrap.sh, or put one of 2.12 or later on the PATH.`,
  )
}

function versionOf(path: string): string | undefined {
  if (path.includes('/') && !existsSync(path)) return undefined
  try {
    return /v(\d+\.\d+\.\d+)/.exec(execFileSync(path, ['--version'], { stdio: 'pipe' }).toString())?.[1]
  } catch {
    return undefined
  }
}

export type NatsOptions = {
  folder: string
  port?: number
  logs: string
  syncAlways?: boolean
  /** Users with their permissions; without it every client may connect and do everything. */
  users?: readonly NatsUser[]
}

export type NatsUser = { user: string; password: string; permissions?: Permissions }

/** Answers go to the inbox of the requester, which is not known before. */
export function authorization(users: readonly NatsUser[]): string {
  const entry = ({ user, password, permissions }: NatsUser) => {
    const allowed = permissions && {
      publish: { allow: permissions.publish },
      subscribe: { allow: permissions.subscribe },
      allow_responses: true,
    }
    return JSON.stringify({ user, password, ...(allowed ? { permissions: allowed } : {}) })
  }
  return `authorization { users: [\n${users.map(entry).join(',\n')}\n] }\n`
}

/** Starts nats-server with JetStream on free ports; every acknowledged event is on disk. */
export async function startNats(options: NatsOptions): Promise<Nats> {
  const { path } = findNats()
  const [port, monitor] = [await freePort(options.port), await freePort()]
  makePrivateFolder(options.folder)
  const config = `${options.folder}/nats.conf`
  const sync = options.syncAlways === false ? '' : '  sync_interval: always\n'
  writeFileSync(
    config,
    `listen: "127.0.0.1:${port}"\nhttp: "127.0.0.1:${monitor}"\nserver_name: renmai\nmax_payload: 8MB\njetstream {\n  store_dir: "${options.folder}/jetstream"\n  max_file_store: 64GB\n${sync}}\n${options.users ? authorization(options.users) : ''}`,
    // Synced like the data: a power cut must not leave the file empty.
    { flush: true, mode: PRIVATE_FILE },
  )
  // A file of an older version was readable by all.
  chmodSync(config, PRIVATE_FILE)
  const monitorUrl = `http://127.0.0.1:${monitor}`
  const child = await start('nats', path, ['-c', config], {
    logs: options.logs,
    poll: async () => (await fetch(`${monitorUrl}/healthz`)).ok,
  })
  return { ...child, url: `nats://127.0.0.1:${port}`, monitorUrl, port }
}
