import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { encodeRows } from '@renmai/platform/db/bulk'
import { newId } from '@renmai/platform/serve/ids'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Stage } from './stage.ts'

const WRITERS = 3

const COLUMNS = [
  { name: 'tenant_id', type: 'uuid' },
  { name: 'id', type: 'uuid' },
  { name: 'source_id', type: 'uuid' },
  { name: 'message_id', type: 'text' },
  { name: 'profile_id', type: 'uuid' },
  { name: 'identity_key', type: 'bytea' },
  { name: 'type', type: 'text' },
  { name: 'channel', type: 'text' },
  { name: 'occurred_at', type: 'timestamptz' },
  { name: 'details', type: 'jsonb' },
] as const

/** Writes at least the wanted number of rows and returns the number written. */
export type RawCopy = { write: (wanted: number) => Promise<number>; close: () => Promise<void> }

/**
 * The physical limit: rows like those of the intake by binary COPY into one equal table, each batch committed. A unique index
 * stands for the keys that find repeated events.
 * @param people among how many the rows are spread
 */
export async function openRawCopy(stage: Stage, batch: number, people: number): Promise<RawCopy> {
  const url = Object.assign(new URL(stage.platform.endpoints.postgres), { pathname: '/engagement' }).href
  const writers = Array.from({ length: WRITERS }, () => new pg.Client({ connectionString: url }))
  await Promise.all(writers.map((writer) => writer.connect()))
  await writers[0]!.query('CREATE TABLE raw_touchpoints (LIKE touchpoints INCLUDING ALL)')
  await writers[0]!.query('CREATE UNIQUE INDEX raw_touchpoints_once ON raw_touchpoints (tenant_id, source_id, message_id)')
  const makeRow = rowsOf(stage.tenantId, people)
  const write = async (wanted: number) => {
    let rows = 0
    const run = async (writer: pg.Client) => {
      while (rows < wanted) {
        rows += batch
        await copy(writer, Array.from({ length: batch }, makeRow))
      }
    }
    await Promise.all(writers.map(run))
    return rows
  }
  return { write, close: async () => void (await Promise.all(writers.map((writer) => writer.end()))) }
}

function rowsOf(tenantId: string, people: number): () => unknown[] {
  const profiles = Array.from({ length: people }, () => ({ id: newId(), key: randomBytes(32) }))
  const sourceId = newId()
  let no = 0
  return () => {
    const { id, key } = profiles[++no % people]!
    const occurredAt = new Date(1_767_225_600_000 + no * 1_000)
    const details = { productId: `P-${no % 977}`, urlPath: `/product/${no % 977}` }
    return [tenantId, newId(), sourceId, `m${no}`, id, key, 'page_view', 'WEB', occurredAt, details]
  }
}

async function copy(writer: pg.Client, rows: unknown[][]): Promise<void> {
  const names = COLUMNS.map((one) => one.name).join(', ')
  const stream = writer.query(copyFrom(`COPY raw_touchpoints (${names}) FROM STDIN WITH (FORMAT binary)`))
  await pipeline(Readable.from([encodeRows([...COLUMNS], rows)]), stream)
}
