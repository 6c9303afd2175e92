import type pg from 'pg'

/** The channel on which processes are notified that the table of a queue has new work. */
export const WORK = 'work'

/** Notifies all processes of a service that tables have new work, after the transactions that added it. */
export type Announce = (tables: Iterable<string>) => void

/**
 * It is not sent within the transaction: a NOTIFY there holds a lock of the whole cluster until the commit is on disk,
 * so that commits wait for each other. Polling finds work that a process did not announce before it died. Work that is
 * added during one announcement is part of the next.
 */
export function createAnnounce(pool: pg.Pool): Announce {
  const waiting = new Set<string>()
  let isUnderWay = false
  const send = async () => {
    isUnderWay = true
    while (waiting.size > 0) {
      const tables = [...waiting]
      waiting.clear()
      await pool.query('SELECT pg_notify($1, name) FROM unnest($2::text[]) name', [WORK, tables])
    }
  }
  return (tables) => {
    for (const table of tables) waiting.add(table)
    if (isUnderWay || waiting.size === 0) return
    // Polling finds the work later when the database is away now.
    send()
      .catch(() => waiting.clear())
      .finally(() => (isUnderWay = false))
  }
}
