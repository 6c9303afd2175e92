import { open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Db, withTenant } from '@renmai/platform/db/db'
import type { Bus } from '@renmai/platform/events/bus'
import { type OutboxRow, seal } from '@renmai/platform/events/envelope'
import { markNew } from '@renmai/platform/events/inbox'
import { markPublished, publishRows, readWaiting } from '@renmai/platform/events/relay'
import { newId } from '@renmai/platform/serve/ids'
import { say } from './stage.ts'

/** Of one step, per event. The last is what it takes to append as many bytes to a file and sync it once per batch. */
type Step = { microseconds: number; walBytes: number; walMicroseconds: number }

/** The relay publishes and marks, and a consumer handles, about as many in one go. */
const BATCH = 1_000

/**
 * What each step from the outbox to the inbox costs per event, each by itself. Their sum is more than the whole takes:
 * there, reading, publishing, marking and handling overlap.
 * @param rows the events that wait in the outbox; nothing else waits there
 */
export async function relayAccount(bus: Bus, outbox: Db, inbox: Db, rows: OutboxRow[], tenantId: string): Promise<Record<string, Step>> {
  const batches = Array.from({ length: Math.ceil(rows.length / BATCH) }, (_, index) => rows.slice(index * BATCH, (index + 1) * BATCH))
  const account: Record<string, Step> = {}
  const step = async (name: string, db: Db, work: (batch: OutboxRow[]) => unknown, parts = batches) => {
    const [before, began] = [await walBytes(db), performance.now()]
    for (const batch of parts) await work(batch)
    const ms = performance.now() - began
    const bytes = (await walBytes(db)) - before
    const per = (total: number) => Number((total / rows.length).toFixed(1))
    account[name] = {
      microseconds: per(ms * 1_000),
      walBytes: per(bytes),
      walMicroseconds: per((await appendMs(bytes, parts.length)) * 1_000),
    }
    say(`${name}: ${JSON.stringify(account[name])}`)
  }
  const { length } = await readWaiting(outbox)
  await step('read from the outbox', outbox, () => readWaiting(outbox), batches.slice(0, Math.ceil(rows.length / length)))
  await step('seal into messages', outbox, (batch) => seal('bare', batch))
  await step('publish with fsync', outbox, (batch) => publishRows(bus, 'bare', batch))
  await step('mark as published', outbox, (batch) => markPublished(outbox, batch))
  const ids = (batch: OutboxRow[]) => batch.map((row) => row.event_id)
  await step('mark in the inbox', inbox, (batch) => withTenant(inbox, tenantId, (tx) => markNew(tx, 'account', ids(batch))))
  return account
}

async function walBytes({ pool }: Db): Promise<number> {
  const { rows } = await pool.query<{ bytes: string }>(`SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS bytes`)
  return Number(rows[0]!.bytes)
}

/** The least that durable bytes can take on this disk. */
async function appendMs(bytes: number, batches: number): Promise<number> {
  const path = join(tmpdir(), newId())
  const file = await open(path, 'wx')
  try {
    const part = Buffer.alloc(Math.ceil(bytes / batches))
    const began = performance.now()
    for (let batch = 0; batch < batches; batch++) {
      await file.write(part)
      await file.datasync()
    }
    return performance.now() - began
  } finally {
    await file.close()
    await rm(path)
  }
}
