import { type DefinitionNode, type DocumentNode, Kind } from 'graphql'

type Named = { readonly name: { readonly value: string } }
type Ranks = ReadonlyMap<string, number>

const ROOTS = ['Query', 'Mutation', 'Subscription']
const LAST = Number.MAX_SAFE_INTEGER

/** The services whose types the others extend most come first: what belongs to every part of the schema is read first. */
export function byUse(services: readonly DocumentNode[]): DocumentNode[] {
  const uses = (service: DocumentNode) => {
    const own = new Set(service.definitions.filter(isDefinition).map(nameOf))
    const others = services.filter((one) => one !== service).flatMap(({ definitions }) => definitions)
    return others.filter((one) => !isDefinition(one) && !ROOTS.includes(nameOf(one)) && own.has(nameOf(one))).length
  }
  return services.toSorted((a, b) => uses(b) - uses(a))
}

/**
 * Puts the types of a schema and their members into the order in which the services wrote them: the roots first, a connection after
 * its type, and of a type with several owners the fields of the service that defines it before those of the others.
 * @param services the SDL that people write, in the order of the services
 */
export function inOrder(schema: DocumentNode, services: readonly DocumentNode[]): DocumentNode {
  const written = services.flatMap(({ definitions }) => definitions)
  const types = ranksOf([...ROOTS, ...written.filter(isDefinition).map(nameOf)])
  const members = Map.groupBy([...written.filter(isDefinition), ...written.filter((one) => !isDefinition(one))], nameOf)
  const definitions = schema.definitions.map((one) => {
    const ranks = ranksOf((members.get(nameOf(one)) ?? []).flatMap((part) => membersOf(part).map(({ name }) => name.value)))
    return {
      ...one,
      ...('fields' in one ? { fields: sorted(one.fields as readonly Named[], ({ name }) => rankOf(ranks, name.value)) } : {}),
      ...('values' in one ? { values: sorted(one.values as readonly Named[], ({ name }) => rankOf(ranks, name.value)) } : {}),
    } as DefinitionNode
  })
  return { ...schema, definitions: sorted(definitions, (one) => typeRank(types, nameOf(one))) }
}

const isDefinition = ({ kind }: DefinitionNode) => !kind.endsWith('Extension')

const nameOf = (one: DefinitionNode): string =>
  'name' in one ? (one.name?.value ?? '') : one.kind === Kind.SCHEMA_DEFINITION ? 'schema' : ''

function membersOf(one: DefinitionNode): readonly Named[] {
  if ('fields' in one) return one.fields ?? []
  return 'values' in one ? (one.values ?? []) : []
}

/** The first place of each name. */
const ranksOf = (names: readonly string[]): Ranks => new Map(names.map((name, at) => [name, at] as const).toReversed())

const rankOf = (ranks: Ranks, name: string): number => ranks.get(name) ?? LAST

/** Suffixes of generated types, and the suffix of the type that each of them follows. */
const FOLLOWS: Readonly<Record<string, string>> = { Connection: '', Edge: '', Error: 'Payload', ErrorCode: 'Payload' }
const SUFFIXES = Object.keys(FOLLOWS)

/** A generated type follows the type that it is made for. */
function typeRank(ranks: Ranks, name: string): number {
  const [, item, suffix = ''] = /^(\w+?)(Connection|Edge|ErrorCode|Error)$/.exec(name) ?? []
  const leader = `${item}${FOLLOWS[suffix]}`
  if (!item || ranks.has(name)) return rankOf(ranks, name)
  return rankOf(ranks, leader) + (1 + SUFFIXES.indexOf(suffix)) / 10
}

const sorted = <T>(items: readonly T[], rank: (item: T) => number): T[] => items.toSorted((a, b) => rank(a) - rank(b))
