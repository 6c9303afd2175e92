import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { addressOf } from '@renmai/platform/events/bus'
import pg from 'pg'

/** Deletes a stream, as an operator might by mistake. */
export async function deleteStream(natsUrl: string, stream: string): Promise<void> {
  const nats = await connect({ ...addressOf(natsUrl), timeout: 2_000, reconnect: false })
  try {
    await (await jetstreamManager(nats)).streams.delete(stream)
  } finally {
    await nats.close()
  }
}

/** Flips one bit in a block of a stream that no process has open. */
export function corruptBlock(folder: string, stream: string, where: number): void {
  const messages = `${folder}/nats/jetstream/jetstream/$G/streams/${stream}/msgs`
  if (!existsSync(messages)) return
  const blocks = readdirSync(messages).filter((name) => name.endsWith('.blk') && statSync(`${messages}/${name}`).size > 0)
  const block = blocks[Math.floor(where * blocks.length)]
  if (!block) return
  const bytes = readFileSync(`${messages}/${block}`)
  const at = Math.floor(where * bytes.length)
  bytes[at] = bytes[at]! ^ 1
  writeFileSync(`${messages}/${block}`, bytes)
}

/** Ends all connections and occupies every connection of the server, for a time. */
export async function exhaustConnections(url: string, ms: number): Promise<void> {
  const held: pg.Client[] = []
  const take = async () => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 })
    client.on('error', () => undefined)
    await client.connect()
    held.push(client)
  }
  try {
    await take()
    await held[0]!.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = $1', [
      'client backend',
    ])
    for (const end = Date.now() + ms; Date.now() < end; ) await take().catch(() => sleep(50))
  } finally {
    // Connections that the server has ended cannot be ended again.
    await Promise.allSettled(held.map((client) => client.end()))
  }
}
