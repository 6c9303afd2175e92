import { globSync, readFileSync } from 'node:fs'
import { getTableColumns, type Table } from 'drizzle-orm'
import {
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
  type TypeNode,
} from 'graphql'
import { ROOT } from '../stack/paths.ts'

/** Facts from the code of a service that decide the nullability of its SDL. */
export type Answers = {
  sdl: string
  /** For each type that stands for a table's row: the table's columns, and whether they are NOT NULL. */
  columns: Map<string, Map<string, boolean>>
  /** Fields (`Type.field`) whose resolvers read more than their row, and so fail by themselves. */
  loaded: Set<string>
}
type ObjectType = ObjectTypeDefinitionNode | ObjectTypeExtensionNode
type Service = Answers & { name: string; objects: ObjectType[] }
/** Of all services: those that answer fields of an entity, and the types that need a scope. */
type Schema = { owners: Map<string, Set<string>>; scoped: Set<string> }

const ROOTS = new Set(['Query', 'Mutation', 'Subscription'])
const ROW = /export type (\w+?)(?:Row)? = typeof (\w+)\.\$inferSelect/g
/** An amount's column is called by its unit. */
const MONEY = 'Money'

/** Reads the tables and the resolvers of a service. */
export async function readAnswers(name: string): Promise<Answers> {
  const folder = `${ROOT}services/${name}/src`
  const columns: Answers['columns'] = new Map()
  for (const file of globSync(`${folder}/**/*.table.ts`)) {
    const tables: Record<string, Table> = await import(file)
    for (const [, type, table] of readFileSync(file, 'utf8').matchAll(ROW)) {
      const named = Object.entries(getTableColumns(tables[table!]!))
      columns.set(type!, new Map(named.map(([field, { notNull }]) => [field, notNull])))
    }
  }
  const { resolvers } = (await import(`${folder}/resolvers.ts`)) as { resolvers: Record<string, Record<string, unknown>> }
  const all = Object.entries(resolvers).flatMap(([type, fields]) =>
    Object.entries(fields).map(([field, of]) => [`${type}.${field}`, of] as const),
  )
  // A resolver gets its row, the arguments and the context, in this order.
  const loaded = new Set(all.filter(([, of]) => typeof of === 'function' && of.length > 2).map(([place]) => place))
  return { sdl: readFileSync(`${folder}/gen/schema.graphql`, 'utf8'), columns, loaded }
}

/**
 * Fields of all SDL that are nullable and should not be, or the other way round. A field may be missing without its object
 * when it needs a scope, is answered by another service, or is loaded by itself. Then it is nullable, so that nothing above
 * it becomes null with it. Every other field is as nullable as its column.
 */
export function brokenNullability(answers: Record<string, Answers>): string[] {
  const services = Object.entries(answers).map(([name, one]) => ({ ...one, name, objects: objectsOf(one.sdl) }))
  const schema = readSchema(services)
  return services.flatMap((service) =>
    service.objects.flatMap((type) =>
      (type.fields ?? []).flatMap((field) =>
        wrong(schema, service, type, field).map((broken) => `${service.name}: ${type.name.value}.${field.name.value} ${broken}`),
      ),
    ),
  )
}

const objectsOf = (sdl: string) =>
  parse(sdl).definitions.filter(
    (one): one is ObjectType => one.kind === Kind.OBJECT_TYPE_DEFINITION || one.kind === Kind.OBJECT_TYPE_EXTENSION,
  )

function readSchema(services: Service[]): Schema {
  const types = services.flatMap(({ name, objects }) => objects.map((type) => ({ name, type })))
  const entities = new Set(types.flatMap(({ type }) => (has(type, 'key') ? [type.name.value] : [])))
  // A service that only names an entity has its id alone; fields may stand in extensions.
  const owned = types.filter(({ type }) => entities.has(type.name.value) && type.fields?.some((field) => field.name.value !== 'id'))
  const owners = Map.groupBy(owned, ({ type }) => type.name.value)
  return {
    owners: new Map([...owners].map(([type, by]) => [type, new Set(by.map(({ name }) => name))])),
    scoped: new Set(types.flatMap(({ type }) => (has(type, 'requiresScopes') ? [type.name.value] : []))),
  }
}

const has = ({ directives = [] }: { directives?: readonly ConstDirectiveNode[] | undefined }, name: string) =>
  directives.some((one) => one.name.value === name)

function wrong(schema: Schema, service: Service, type: ObjectType, field: FieldDefinitionNode): string[] {
  const isNonNull = field.type.kind === Kind.NON_NULL_TYPE
  const items = hasNullItems(field.type) ? ['has items that may be null'] : []
  if (ROOTS.has(type.name.value)) return items
  const missing = whyMissing(schema, service, type, field)
  if (missing) return isNonNull ? [...items, `${missing} and must be nullable`] : items
  const column = columnOf(service, type, field)
  if (column === undefined || column === isNonNull) return items
  return [...items, column ? 'has a column that is NOT NULL and must be non-null' : 'has a column that may be NULL and must be nullable']
}

/** The reason for which a field may be missing while its object is there. */
function whyMissing({ owners, scoped }: Schema, { name, loaded }: Service, type: ObjectType, field: FieldDefinitionNode) {
  const [of, named] = [type.name.value, nameOf(field.type)]
  // The field that returns a connection becomes null when its pages lack something.
  if (field.name.value === 'id' || /(Connection|Edge)$/.test(of)) return undefined
  if ((owners.get(of)?.size ?? 0) > 1) return 'is of an entity of several services'
  if (has(field, 'requiresScopes') || scoped.has(named)) return 'needs a scope'
  if ([...(owners.get(named) ?? [])].some((owner) => owner !== name)) return 'is answered by another service'
  return loaded.has(`${of}.${field.name.value}`) ? 'is loaded by itself' : undefined
}

/** Whether the column behind a field is NOT NULL; undefined where there is none. */
function columnOf({ objects, columns }: Service, type: ObjectType, field: FieldDefinitionNode): boolean | undefined {
  const named = nameOf(field.type)
  // The column of an entity holds the id only.
  if (named !== MONEY && objects.some((one) => one.name.value === named)) return undefined
  return columns.get(type.name.value)?.get(named === MONEY ? `${field.name.value}Minor` : field.name.value)
}

function hasNullItems(type: TypeNode): boolean {
  if (type.kind === Kind.NAMED_TYPE) return false
  return (type.kind === Kind.LIST_TYPE && type.type.kind !== Kind.NON_NULL_TYPE) || hasNullItems(type.type)
}

const nameOf = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type))
