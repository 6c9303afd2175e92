import { chmodSync, cpSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { dataFolder, giveToServer, type Postgres, startPostgres } from '@renmai/platform/testing/postgres'
import pg from 'pg'

export type RestoreOptions = {
  base: string
  archive: string
  /** To the microsecond; later commits are not restored. */
  at: string
  /** Data folder of the restored server. */
  folder: string
  password: string
  port?: number
  logs: string
}

const RECOVERED_WITHIN_MS = 120_000

/**
 * Starts a server as the databases were at a moment: the base backup, and the archived log up to then.
 * @throws Error when the archive ends before the moment
 */
export async function restoreTo({ base, archive, at, folder, password, port, logs }: RestoreOptions): Promise<Postgres> {
  const data = dataFolder(folder)
  cpSync(base, data, { recursive: true })
  writeFileSync(`${data}/recovery.signal`, '')
  chmodSync(data, 0o700)
  giveToServer(data)
  const settings = [
    `restore_command=cp ${archive}/%f %p`,
    // The server accepts no T and no Z here.
    `recovery_target_time=${at.replace('T', ' ').replace('Z', '+00')}`,
    'recovery_target_inclusive=on',
    'recovery_target_action=promote',
    'archive_mode=off',
  ]
  const server = await startPostgres({ folder, password, logs, settings, ...(port ? { port } : {}) })
  await recovered(server.url).catch(async (error) => {
    await server.stop()
    throw error
  })
  return server
}

async function recovered(url: string): Promise<void> {
  for (const late = Date.now() + RECOVERED_WITHIN_MS; Date.now() < late; await sleep(100)) {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query<{ recovering: boolean }>('SELECT pg_is_in_recovery() AS recovering').finally(() => client.end())
    if (rows[0]?.recovering === false) return
  }
  throw new Error('the server is still recovering; its log states the reason')
}
