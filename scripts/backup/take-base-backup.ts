import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { sep } from 'node:path'
import pg from 'pg'

/** Not part of a backup: files of the running server, and the log, which is in the archive. */
const LEFT_OUT = ['postmaster.pid', 'postmaster.opts']

/**
 * Takes a base backup of a running server: PostgreSQL's low-level interface, since the archived log corrects
 * files that change while they are copied (PostgreSQL manual, 25.3.4).
 * @param url superuser
 * @param data the server's data folder
 * @param target folder of the copy; must not exist
 */
export async function takeBaseBackup(url: string, data: string, target: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query("SELECT pg_backup_start('renmai', fast => true)")
    cpSync(data, target, {
      recursive: true,
      filter: (path) => !LEFT_OUT.some((name) => path.endsWith(sep + name)) && !path.includes(`${data}${sep}pg_wal${sep}`),
    })
    mkdirSync(`${target}/pg_wal`, { recursive: true })
    const { rows } = await client.query<{ labelfile: string; spcmapfile: string }>('SELECT * FROM pg_backup_stop()')
    writeFileSync(`${target}/backup_label`, rows[0]!.labelfile)
    if (rows[0]!.spcmapfile) writeFileSync(`${target}/tablespace_map`, rows[0]!.spcmapfile)
  } finally {
    await client.end()
  }
}

/** Settings of a server whose log is archived as it fills, at least every ten seconds. */
export const archiveSettings = (archive: string) => [
  'archive_mode=on',
  'archive_timeout=10',
  `archive_command=test ! -f ${archive}/%f && cp %p ${archive}/%f.part && mv ${archive}/%f.part ${archive}/%f`,
]
