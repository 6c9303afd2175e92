import { type DescMessage, fromBinary, toJson } from '@bufbuild/protobuf'
import { EnvelopeSchema } from '@renmai/proto/platform/v1/envelope'
import type { Recorded } from './streams.ts'

/** A recorded message with its events as JSON, for readers. */
export type Readable = Recorded & { events: { id: string; json: unknown }[] }

/** Events of a type that are kept per publisher even when they look alike. */
const ENOUGH_EVENTS = 10
/** The most messages of a type that are kept when each differs. */
const MOST_MESSAGES = 50
/** In characters; a longer message is kept only when no shorter one has its shape. */
const LONG_CHARACTERS = 8_192

/**
 * Chooses the messages to keep: of each type and publisher the first few, and each that fills other fields than those before
 * it. Short ones come first. Messages that cannot be read are left out: tests publish such on purpose.
 * @param contracts every event's description, by its full name
 * @returns messages by publisher
 * @throws Error for a type that no contract knows
 */
export function choose(messages: readonly Recorded[], contracts: ReadonlyMap<string, DescMessage>): Map<string, Readable[]> {
  const readable = messages.toSorted((a, b) => a.data.length - b.data.length).flatMap((one) => read(one, contracts) ?? [])
  const byKind = Map.groupBy(readable, ({ subject }) => subject.split('.').slice(0, 5).join('.'))
  const kept = [...byKind].toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, group]) => differing(group))
  return Map.groupBy(kept, ({ subject }) => subject.split('.')[4]!)
}

function differing(messages: readonly Readable[]): Readable[] {
  const [shapes, kept] = [new Set<string>(), [] as Readable[]]
  let events = 0
  for (const message of messages) {
    const own = message.events.map(({ json }) => shapeOf(json))
    const isNew = own.some((shape) => !shapes.has(shape))
    const isWelcome = events < ENOUGH_EVENTS && message.data.length < LONG_CHARACTERS
    if (kept.length >= MOST_MESSAGES || !(isNew || isWelcome)) continue
    for (const shape of own) shapes.add(shape)
    events += own.length
    kept.push(message)
  }
  return kept
}

function read(message: Recorded, contracts: ReadonlyMap<string, DescMessage>): Readable | undefined {
  const type = typeOf(message)
  const contract = contracts.get(type)
  if (!contract) throw new Error(`No contract in proto/renmai describes ${type}`)
  try {
    const { events } = fromBinary(EnvelopeSchema, Buffer.from(message.data, 'base64'))
    return { ...message, events: events.map(({ id, payload }) => ({ id, json: toJson(contract, fromBinary(contract, payload)) })) }
  } catch {
    return undefined
  }
}

/** `renmai.identity.v1.ProfileLinked` */
export const typeOf = ({ subject }: Pick<Recorded, 'subject'>): string => subject.split('.').slice(0, 4).join('.')

/** The names of the fields that are set, without their values. */
function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(shapeOf))].toSorted().join()}]`
  if (typeof value !== 'object' || value === null) return ''
  return `{${Object.entries(value)
    .map(([key, inner]) => key + shapeOf(inner))
    .toSorted()
    .join()}}`
}
