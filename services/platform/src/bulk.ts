import type { Tx } from './db.ts'

/** A column of a copy: its name and how its values are written. */
export type CopyColumn = { name: string; type: 'uuid' | 'text' | 'bytea' | 'timestamptz' | 'int8' | 'int4' | 'jsonb' }

const SIGNATURE = Buffer.from([0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0x00, 0, 0, 0, 0, 0, 0, 0, 0])
const TRAILER = Buffer.from([0xff, 0xff])
/** PostgreSQL counts microseconds from 2000-01-01. */
const EPOCH_2000_MS = 946_684_800_000

/** The binary COPY format: https://www.postgresql.org/docs/18/sql-copy.html (File Formats, Binary Format). */
export function encodeRows(columns: CopyColumn[], rows: readonly unknown[][]): Buffer {
  const writer = new Writer(1024 + rows.length * 256)
  writer.bytes(SIGNATURE)
  for (const row of rows) {
    writer.int16(columns.length)
    for (let index = 0; index < columns.length; index++) writeField(writer, columns[index]!.type, row[index])
  }
  writer.bytes(TRAILER)
  return writer.done()
}

const OIDS: Record<CopyColumn['type'], number> = { uuid: 2950, text: 25, bytea: 17, timestamptz: 1184, int8: 20, int4: 23, jsonb: 3802 }

/** An array in the binary form of array_recv: dimensions, whether there are nulls, the elements' type, length, first index, elements. */
export function encodeArray(type: CopyColumn['type'], values: readonly unknown[]): Buffer {
  const writer = new Writer(20 + values.length * 40)
  for (const number of [1, 1, OIDS[type], values.length, 1]) writer.int32(number)
  for (const value of values) writeField(writer, type, value)
  return writer.done()
}

function writeField(writer: Writer, type: CopyColumn['type'], value: unknown): void {
  if (value === null || value === undefined) return writer.int32(-1)
  switch (type) {
    case 'uuid':
      return writer.uuid(value as string)
    case 'timestamptz':
      writer.int32(8)
      return writer.int64(((value as Date).getTime() - EPOCH_2000_MS) * 1_000)
    case 'int8':
      writer.int32(8)
      return writer.int64(value as number)
    case 'int4':
      writer.int32(4)
      return writer.int32(value as number)
    case 'bytea':
      writer.int32((value as Buffer).length)
      return writer.bytes(value as Buffer)
    case 'jsonb':
      return writer.text(JSON.stringify(value), 1)
    case 'text':
      return writer.text(value as string)
  }
}

const DASH = 0x2d
/** UTF-8 bytes of one UTF-16 unit, at most. */
const MAX_UTF8 = 3
const NIBBLES = Uint8Array.from({ length: 128 }, (_, code) => Number.parseInt(String.fromCharCode(code), 16) || 0)

/** A buffer that grows by doubling. */
class Writer {
  #buffer: Buffer
  #at = 0

  constructor(size: number) {
    this.#buffer = Buffer.allocUnsafe(size)
  }

  #reserve(size: number): void {
    if (this.#at + size <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + size))
    this.#buffer.copy(larger, 0, 0, this.#at)
    this.#buffer = larger
  }

  int16(value: number): void {
    this.#reserve(2)
    this.#at = this.#buffer.writeInt16BE(value, this.#at)
  }

  int32(value: number): void {
    this.#reserve(4)
    this.#at = this.#buffer.writeInt32BE(value, this.#at)
  }

  /** @param value a whole number within 2^53; BigInt would be an allocation a value */
  int64(value: number): void {
    this.#reserve(8)
    this.#at = this.#buffer.writeInt32BE(Math.floor(value / 2 ** 32), this.#at)
    this.#at = this.#buffer.writeUInt32BE(value >>> 0, this.#at)
  }

  bytes(value: Buffer): void {
    this.#reserve(value.length)
    this.#at += value.copy(this.#buffer, this.#at)
  }

  uuid(value: string): void {
    this.#reserve(20)
    const buffer = this.#buffer
    let at = buffer.writeInt32BE(16, this.#at)
    for (let index = 0; index < 36; index += 2) {
      if (value.charCodeAt(index) === DASH) index++
      buffer[at++] = (NIBBLES[value.charCodeAt(index)]! << 4) | NIBBLES[value.charCodeAt(index + 1)]!
    }
    this.#at = at
  }

  /** @param prefix the version byte that jsonb wants in front */
  text(value: string, prefix?: number): void {
    this.#reserve(5 + value.length * MAX_UTF8)
    const start = this.#at
    this.#at += 4
    if (prefix !== undefined) this.#at = this.#buffer.writeUInt8(prefix, this.#at)
    this.#at += this.#buffer.write(value, this.#at)
    this.#buffer.writeInt32BE(this.#at - start - 4, start)
  }

  done(): Buffer {
    return this.#buffer.subarray(0, this.#at)
  }
}

/**
 * Inserts many rows in one statement with one JSON parameter (3 microseconds a row, against 44 by the query builder).
 * @param columns names and PostgreSQL types, without tenant_id, which is always the transaction's
 * @param conflict what to do with rows that exist
 * @returns the rows that were inserted or updated, with the columns named in `returning`
 */
export async function insertRows<R extends object = object>(
  tx: Tx,
  table: string,
  columns: Record<string, string>,
  rows: readonly object[],
  { conflict = 'ON CONFLICT DO NOTHING', returning = '' }: { conflict?: string; returning?: string } = {},
): Promise<R[]> {
  if (rows.length === 0) return []
  const names = Object.keys(columns)
  const shape = Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')
  const result = await tx.client.query<R>(
    `INSERT INTO ${table} (tenant_id, ${names.join(', ')})
     SELECT $1, ${names.map((name) => `r.${name}`).join(', ')} FROM json_to_recordset($2) AS r (${shape})
     ${conflict} ${returning && `RETURNING ${returning}`}`,
    [tx.tenantId, JSON.stringify(rows, asPostgres)],
  )
  return result.rows
}

/** Buffers as bytea's hex form; what JSON cannot say otherwise. */
function asPostgres(this: unknown, key: string, value: unknown): unknown {
  const raw = (this as Record<string, unknown>)[key]
  return Buffer.isBuffer(raw) ? `\\x${raw.toString('hex')}` : value
}
