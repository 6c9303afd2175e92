import type pg from 'pg'

/** The channel on which processes learn that a queue's table got work. */
export const WORK = 'work'

/** Notifies all processes of a service that tables got work, after the transactions that brought it. */
export type Announce = (tables: Iterable<string>) => void

/**
 * Not within the transaction: a NOTIFY there holds a lock of the whole cluster until the commit is on disk, so that commits
 * wait for each other. What a process that dies does not announce is found by polling. What comes while one announcement is
 * under way goes with the next.
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
    // Polling finds the work of a database that is away just now.
    send()
      .catch(() => waiting.clear())
      .finally(() => (isUnderWay = false))
  }
}
