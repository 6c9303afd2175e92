import { meter } from '@renmai/platform/serve/meter'
import { type DocumentNode, type GraphQLSchema, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import type { Caller } from './authenticate.ts'

/** A deprecated part of the schema, and its replacement. */
export type Deprecation = { coordinate: string; reason: string }

/** The parts of the schema that an operation uses: `Type.field`, `Type.field.argument`, `Enum.VALUE`. */
export type Touched = { coordinates: readonly string[]; deprecations: readonly Deprecation[] }

export type Usage = { note: (caller: Caller, touched: Touched) => void; stop: () => void }

const FLUSH_MS = 5_000
/** Series of a metric are kept permanently. Clients beyond this number are counted together. */
const MAX_CLIENTS = 200

const MAX_UNTOLD = 100

const used = meter.createCounter('renmai_fields_used', {
  description: 'Uses of a part of the schema, by API client; staff together',
})

/** Finds the parts of the schema that a document uses. */
export function readTouched(schema: GraphQLSchema, document: DocumentNode): Touched {
  const found = new Map<string, string | undefined | null>()
  const info = new TypeInfo(schema)
  const place = () => `${info.getParentType()?.name}.${info.getFieldDef()?.name}`
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: ({ name }) => {
        if (!name.value.startsWith('__')) found.set(place(), info.getFieldDef()?.deprecationReason)
      },
      Argument: ({ name }) => {
        const argument = info.getArgument()
        if (argument && info.getFieldDef() && !info.getDirective()) found.set(`${place()}.${name.value}`, argument.deprecationReason)
      },
      EnumValue: ({ value }) => {
        const type = info.getInputType()
        if (type) found.set(`${String(type).replace(/[[\]!]/g, '')}.${value}`, info.getEnumValue()?.deprecationReason)
      },
    }),
  )
  const deprecations = [...found].flatMap(([coordinate, reason]) => (reason ? [{ coordinate, reason }] : []))
  return { coordinates: [...found.keys()], deprecations }
}

/**
 * Counts the use of each part of the schema by client, so that unused parts can be removed. Requests are counted by operation
 * and added to the metric every five seconds: a request adds one number, however many fields it has.
 */
export function countUsage(): Usage {
  const clients = new Set<string>()
  const counts = new Map<string, Map<Touched, number>>()
  const nameOf = ({ kind, id }: Caller) => {
    if (kind === 'STAFF') return 'staff'
    if (clients.size < MAX_CLIENTS) clients.add(id)
    return clients.has(id) ? id : 'others'
  }
  const flush = () => {
    for (const [client, own] of counts)
      for (const [{ coordinates }, times] of own) for (const coordinate of coordinates) used.add(times, { client, coordinate })
    counts.clear()
  }
  const note = (caller: Caller, touched: Touched) => {
    const client = nameOf(caller)
    const own = counts.get(client) ?? new Map<Touched, number>()
    counts.set(client, own.set(touched, (own.get(touched) ?? 0) + 1))
    // Each entry keeps the list of used parts, so many distinct documents would take much memory.
    if (own.size >= MAX_UNTOLD) flush()
  }
  const timer = setInterval(flush, FLUSH_MS).unref()
  return { note, stop: () => (clearInterval(timer), flush()) }
}
