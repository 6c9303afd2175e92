import { mkdirSync, writeFileSync } from 'node:fs'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { addressOf } from '@renmai/platform/events/bus'
import { newId } from '@renmai/platform/serve/ids'
import { SERVICES } from '../compose-supergraph.ts'

/** A message as it is on the wire. */
export type Recorded = {
  /** The event's type, its publisher and its tenant. */
  subject: string
  headers: Record<string, string>
  /** The envelope in base64. */
  data: string
}

/** Writes every message that the streams of a platform hold into a file of its own name in the folder, one a line. */
export async function recordStreams(url: string, folder: string): Promise<void> {
  const nats = await connect({ ...addressOf(url), timeout: 5_000 })
  try {
    const manager = await jetstreamManager(nats)
    const lines: string[] = []
    for (const stream of SERVICES) {
      const { state } = await manager.streams.info(stream)
      for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq++) {
        const message = await manager.streams.getMessage(stream, { seq })
        if (!message) continue
        const headers = Object.fromEntries(message.header.keys().map((key) => [key, message.header.get(key)]))
        const { subject } = message
        lines.push(JSON.stringify({ subject, headers, data: Buffer.from(message.data).toString('base64') } satisfies Recorded))
      }
    }
    mkdirSync(folder, { recursive: true })
    writeFileSync(`${folder}/${newId()}.jsonl`, `${lines.join('\n')}\n`)
  } finally {
    await nats.close()
  }
}
