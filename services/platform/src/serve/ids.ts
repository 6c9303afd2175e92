import { hash as hashOf, randomUUIDv7 } from 'node:crypto'

/** A new id that sorts by the millisecond of its creation (RFC 9562, version 7). */
export function newId(): string {
  return randomUUIDv7()
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * An id has one spelling, in lower case, as PostgreSQL writes it. Keys are derived from its text: data that is sealed
 * under another spelling can never be opened again.
 */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value)
}

/** Converts an id in capitals to the spelling in lower case; any other text stays as it is. */
export function foldId(text: string): string {
  const folded = text.toLowerCase()
  return isId(folded) ? folded : text
}

/**
 * The same id for the same parts, everywhere and permanently (RFC 9562, version 8: SHA-256 of the parts). For objects
 * that must be created once, however often their cause is consumed.
 */
export function idFrom(...parts: (string | number)[]): string {
  const hex = hashOf('sha256', parts.join('\u001f'))
  const variant = '89ab'[Number.parseInt(hex[16]!, 16) & 3]!
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** The least id of version 7 of a time: ids that are made later are greater. */
export function firstIdAt(time: Date): string {
  const hex = Math.max(0, time.getTime()).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}

/** The time inside a version 7 id. It gives the day of an event without a request to its publisher. */
export function timeOfId(id: string): Date {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16))
}
