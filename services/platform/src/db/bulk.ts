import { AppError } from '../serve/errors.ts'
import type { Tx } from './db.ts'
import { prepared } from './prepared.ts'

/** A column of a copy: its name and how its values are written. */
export type CopyColumn = { name: string; type: keyof typeof OIDS }

/** The types that have a binary form here, with their ids in PostgreSQL. */
const OIDS = { uuid: 2950, text: 25, bytea: 17, timestamptz: 1184, date: 1082, int8: 20, int4: 23, float8: 701, boolean: 16, jsonb: 3802 }

const SIGNATURE = Buffer.from([0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0x00, 0, 0, 0, 0, 0, 0, 0, 0])
const TRAILER = Buffer.from([0xff, 0xff])
/** PostgreSQL counts microseconds from 2000-01-01. */
const EPOCH_2000_MS = 946_684_800_000
const DAY_MS = 86_400_000
const MAX_INT4 = 2 ** 31 - 1

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

/** An array in the binary form of array_recv: dimensions, whether there are nulls, the elements' type, length, first index, elements. */
export function encodeArray(type: CopyColumn['type'], values: readonly unknown[]): Buffer {
  const writer = new Writer(20 + values.length * 40)
  for (const number of [1, 1, OIDS[type], values.length, 1]) writer.int32(number)
  for (const value of values) writeField(writer, type, value)
  return writer.done()
}

type Write = (writer: Writer, value: never) => void

const WRITE: Record<CopyColumn['type'], Write> = {
  uuid: (writer, value: string) => {
    if (!writer.uuid(value)) throw notStorable()
  },
  timestamptz: (writer, value: Date | string) => {
    writer.int32(8)
    writer.int64((timeOf(value) - EPOCH_2000_MS) * 1_000)
  },
  date: (writer, value: Date | string) => {
    writer.int32(4)
    writer.int32(Math.floor((timeOf(value) - EPOCH_2000_MS) / DAY_MS))
  },
  int8: (writer, value: number | bigint) => {
    if (!Number.isSafeInteger(Number(value))) throw notStorable()
    writer.int32(8)
    writer.int64(Number(value))
  },
  int4: (writer, value: number) => {
    if (!Number.isInteger(value) || Math.abs(value) > MAX_INT4) throw notStorable()
    writer.int32(4)
    writer.int32(value)
  },
  float8: (writer, value: number) => {
    writer.int32(8)
    writer.float64(value)
  },
  boolean: (writer, value: boolean) => {
    writer.int32(1)
    writer.byte(value ? 1 : 0)
  },
  bytea: (writer, value: Buffer) => {
    writer.int32(value.length)
    writer.bytes(value)
  },
  jsonb: (writer, value: unknown) => writer.text(JSON.stringify(value), 1),
  text: (writer, value: string) => writer.text(value),
}

function writeField(writer: Writer, type: CopyColumn['type'], value: unknown): void {
  if (value === null || value === undefined) writer.int32(-1)
  else WRITE[type](writer, value as never)
}

/** @param value a Date, or what Date reads: a day as YYYY-MM-DD is its midnight in UTC */
function timeOf(value: Date | string): number {
  const time = (value instanceof Date ? value : new Date(value)).getTime()
  if (Number.isNaN(time)) throw notStorable()
  return time
}

/** If it were written as it is, such a value would silently become another one. */
const notStorable = () => new AppError('INVALID', 'A value cannot be stored')

const DASH = 0x2d
/** Where an id has dashes. */
const DASHES = [8, 13, 18, 23]
/** Where the pairs of digits of an id begin. */
const PAIRS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34]
const ID_LENGTH = 36
/** Stands for a character that no id has. */
const WRONG = 0x100
/** UTF-8 bytes of one UTF-16 unit, at most. */
const MAX_UTF8 = 3
const NIBBLES = Uint16Array.from({ length: 128 }, (_, code) => {
  const at = '0123456789abcdef'.indexOf(String.fromCharCode(code))
  return at === -1 ? WRONG : at
})

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

  /** @param value a whole number within 2^53; BigInt would need an allocation for each value */
  int64(value: number): void {
    this.#reserve(8)
    this.#at = this.#buffer.writeInt32BE(Math.floor(value / 2 ** 32), this.#at)
    this.#at = this.#buffer.writeUInt32BE(value >>> 0, this.#at)
  }

  float64(value: number): void {
    this.#reserve(8)
    this.#at = this.#buffer.writeDoubleBE(value, this.#at)
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#at = this.#buffer.writeUInt8(value, this.#at)
  }

  bytes(value: Buffer): void {
    this.#reserve(value.length)
    this.#at += value.copy(this.#buffer, this.#at)
  }

  /** Checks the id while it is written: a regular expression takes as long as all the rest. @returns whether it is one */
  uuid(value: string): boolean {
    if (value.length !== ID_LENGTH) return false
    let wrong = 0
    for (let no = 0; no < DASHES.length; no++) wrong |= value.charCodeAt(DASHES[no]!) ^ DASH
    this.#reserve(20)
    const buffer = this.#buffer
    let at = buffer.writeInt32BE(16, this.#at)
    let seen = 0
    for (let no = 0; no < PAIRS.length; no++) {
      const index = PAIRS[no]!
      const [high, low] = [NIBBLES[value.charCodeAt(index)] ?? WRONG, NIBBLES[value.charCodeAt(index + 1)] ?? WRONG]
      seen |= high | low
      buffer[at++] = (high << 4) | low
    }
    this.#at = at
    return wrong === 0 && seen < WRONG
  }

  /** @param prefix the version byte that jsonb requires first */
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

/** A list is sent as JSON: unnest would flatten an array of arrays, and its parts must have equal lengths. */
const LISTS = ['text[]', 'uuid[]'] as const
export type ColumnType = CopyColumn['type'] | (typeof LISTS)[number]

type Column = readonly [name: string, type: ColumnType, field: string]

/**
 * Inserts many rows in one statement with one binary array per column, which the database reads without parsing.
 * @param columns names, PostgreSQL types and the rows' fields, without tenant_id, which is always the transaction's
 * @param conflict the action for rows that exist
 * @returns the rows that were inserted or updated, with the columns named in `returning`
 */
export async function insertColumns(
  tx: Tx,
  table: string,
  columns: readonly Column[],
  rows: readonly Record<string, unknown>[],
  { conflict = 'ON CONFLICT DO NOTHING', returning = '' }: { conflict?: string; returning?: string } = {},
): Promise<Record<string, unknown>[]> {
  if (rows.length === 0) return []
  const names = columns.map(([name]) => name).join(', ')
  const arrays = columns.map(([, type], index) => `$${index + 2}::${sentAs(type)}[]`).join(', ')
  const text = `INSERT INTO ${table} (tenant_id, ${names}) SELECT $1, ${columns.map(picked).join(', ')} FROM unnest(${arrays}) AS r (${names})
     ${conflict} ${returning && `RETURNING ${returning}`}`
  const encoded = columns.map(([, type, field]) =>
    encodeArray(
      sentAs(type),
      rows.map((row) => row[field]),
    ),
  )
  const { rows: stored } = await tx.client.query<Record<string, unknown>>(prepared(text, [tx.tenantId, ...encoded]))
  return stored
}

const isList = (type: ColumnType) => (LISTS as readonly string[]).includes(type)
const sentAs = (type: ColumnType) => (isList(type) ? 'jsonb' : (type as CopyColumn['type']))
const picked = ([name, type]: Column) =>
  isList(type) ? `CASE WHEN r.${name} IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text(r.${name}))::${type} END` : `r.${name}`
