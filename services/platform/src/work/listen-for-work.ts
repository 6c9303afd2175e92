import type { PoolClient } from 'pg'
import type { Db } from '../db/db.ts'
import type { Log } from '../serve/log.ts'
import { WORK } from './announce.ts'
import { type Loop, loop } from './loop.ts'

const POLL_MS = 5_000

/**
 * Wakes queues when their tables get rows, by one connection for all of them.
 * @param wakes functions to call, by table
 */
export function listenForWork(relayDb: Db, log: Log, wakes: ReadonlyMap<string, readonly (() => void)[]>): Loop {
  let listening: PoolClient | undefined
  const lose = () => {
    listening?.release(true)
    listening = undefined
  }
  const run: Loop = loop('listen-for-work', log, { pollMs: POLL_MS }, async () => {
    if (listening) return 0
    const client = await relayDb.pool.connect()
    client.on('notification', ({ payload }) => {
      for (const wake of wakes.get(payload ?? '') ?? []) wake()
    })
    for (const event of ['error', 'end'] as const)
      client.on(event, () => {
        if (listening !== client) return
        lose()
        run.wake()
      })
    listening = client
    try {
      await client.query(`LISTEN ${WORK}`)
    } catch (error) {
      lose()
      throw error
    }
    // For work that was added before it listened.
    for (const group of wakes.values()) for (const wake of group) wake()
    return 0
  })
  return { ...run, stop: () => run.stop().finally(lose) }
}
