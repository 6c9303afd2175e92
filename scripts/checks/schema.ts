import {
  type DocumentNode,
  type FieldDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type StringValueNode,
} from 'graphql'

/** Entries of lists that only lead to entities, which are found by their own ids. */
const REFERENCES = new Set(['TimelineEntry'])
/** Lists without a filter or an order, each with its reason. */
const PLAIN_LISTS = new Map([
  ['Customer.timeline', 'it has one order, by time; `last` reads it from its beginning'],
  ['CustomerIdentity.cannotLinks', 'a person ruled on each: they are few'],
  ['Purpose.notices', 'a purpose has at most 1,000, and they are read by their number'],
  ['Query.touchpoints', 'an index by their times would cost each event that comes in'],
  ['Segment.members', 'they are stored as a set of numbers'],
])
/** Mutations whose repeats are harmless by themselves. */
const REPEATABLE = new Set(['testConnection', 'ingestEvents'])

/**
 * Places where the SDL of one subgraph breaks our rules. Two of the rules are limits of the query planner: arguments in the
 * field set of @requires or @provides give wrong results beside the client's own, and several keys of one entity may give
 * null.
 */
export function brokenSdlRules(name: string, sdl: string): string[] {
  const document = parse(sdl)
  const objects = objectsOf(document)
  return [...objects.flatMap((type) => [...keyRules(type), ...fieldRules(type)]), ...idRules(document)].map(
    (broken) => `${name}: ${broken}`,
  )
}

/** Ids of more than one type. */
const ANY_TYPE = new Set(['EventInput.referenceId', 'AuditEntryFilter.actorId', 'AuditEntryFilter.targetId'])

/** An id of another type that comes in would be taken for the id of nothing. Arguments of subscriptions are compared by the gateway. */
function idRules({ definitions }: DocumentNode): string[] {
  const given = definitions.flatMap((one) => {
    if (one.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) return (one.fields ?? []).map((field) => [one.name.value, field] as const)
    if (one.kind !== Kind.OBJECT_TYPE_DEFINITION || one.name.value === 'Subscription') return []
    return (one.fields ?? []).flatMap((field) =>
      (field.arguments ?? []).map((arg) => [`${one.name.value}.${field.name.value}`, arg] as const),
    )
  })
  return given.flatMap(([place, { name, type, directives = [] }]) => {
    const path = `${place}.${name.value}`
    const isNamed = ANY_TYPE.has(path) || directives.some((directive) => directive.name.value === 'idOf')
    return nameOf({ type }) === 'ID' && !isNamed ? [`${path} needs @idOf(type: ...)`] : []
  })
}

const objectsOf = ({ definitions }: DocumentNode) =>
  definitions.filter((one): one is ObjectTypeDefinitionNode =>
    [Kind.OBJECT_TYPE_DEFINITION, Kind.OBJECT_TYPE_EXTENSION].includes(one.kind as Kind.OBJECT_TYPE_DEFINITION),
  )

function keyRules({ name, directives = [] }: ObjectTypeDefinitionNode): string[] {
  const keys = directives.filter((one) => one.name.value === 'key').map((one) => textOf(one.arguments, 'fields'))
  return keys.length > 1 || (keys.length === 1 && keys[0] !== 'id') ? [`${name.value} must have one key, "id"`] : []
}

function fieldRules({ name: { value: type }, fields = [] }: ObjectTypeDefinitionNode): string[] {
  return fields.flatMap((field) => {
    const place = `${type}.${field.name.value}`
    return [
      ...['requires', 'provides'].flatMap((one) =>
        textOf(argumentsOf(field, one), 'fields')?.includes('(') ? [`${place}: no arguments in @${one}`] : [],
      ),
      ...(nameOf(field).endsWith('Connection') && !argumentsOf(field, 'listSize') ? [`${place} is a connection and needs @listSize`] : []),
    ]
  })
}

const argumentsOf = ({ directives = [] }: FieldDefinitionNode, name: string) => directives.find((one) => one.name.value === name)?.arguments

const textOf = (given: readonly { name: { value: string }; value: { kind: string } }[] | undefined, name: string): string | undefined =>
  (given?.find((one) => one.name.value === name)?.value as StringValueNode | undefined)?.value

function nameOf({ type }: Pick<FieldDefinitionNode, 'type'>): string {
  let inner = type
  while (inner.kind !== Kind.NAMED_TYPE) inner = inner.type
  return inner.name.value
}

/** Places where the schema that clients see breaks our conventions. */
export function brokenConventions(schema: GraphQLSchema): string[] {
  const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
  return types
    .flatMap((type) => [
      ...(type.description ? [] : [`${type.name} has no description`]),
      ...(isScalarType(type) && !type.specifiedByURL ? [`${type.name} needs @specifiedBy`] : []),
      ...(isEnumType(type)
        ? type
            .getValues()
            .flatMap(({ name, description }) => [...described(`${type.name}.${name}`, description), ...enumRule(type.name, name)])
        : []),
      ...(isInputObjectType(type)
        ? Object.values(type.getFields()).flatMap(({ name, description }) => described(`${type.name}.${name}`, description))
        : []),
      ...(isObjectType(type) || isInterfaceType(type)
        ? Object.values(type.getFields()).flatMap(({ name, description }) => described(`${type.name}.${name}`, description))
        : []),
      ...(isObjectType(type) ? connectionRules(schema, type.name) : []),
    ])
    .concat(mutationRules(schema))
}

const described = (place: string, description: string | null | undefined) => (description ? [] : [`${place} has no description`])

const enumRule = (type: string, value: string) => (/^[A-Z][A-Z0-9_]*$/.test(value) ? [] : [`${type}.${value} must be SCREAMING_SNAKE`])

function connectionRules(schema: GraphQLSchema, name: string): string[] {
  const type = schema.getType(name)
  if (!isObjectType(type)) return []
  const fields = Object.values(type.getFields())
  const pages = fields.filter((field) => getNamedType(field.type).name.endsWith('Connection'))
  const asked = pages.flatMap(({ name: field, args }) =>
    ['first', 'after', 'last', 'before'].every((one) => args.some((arg) => arg.name === one))
      ? []
      : [`${name}.${field} needs first and after, last and before`],
  )
  const plain = pages.flatMap(({ name: field, args }) =>
    PLAIN_LISTS.has(`${name}.${field}`) || ['filter', 'orderBy'].every((one) => args.some((arg) => arg.name === one))
      ? []
      : [`${name}.${field} needs filter and orderBy`],
  )
  return [...asked, ...plain, ...(name.endsWith('Connection') ? pageRules(type, schema) : [])]
}

function pageRules(connection: GraphQLObjectType, schema: GraphQLSchema): string[] {
  const { edges, nodes, pageInfo, totalCount } = connection.getFields()
  if (!(edges && nodes && pageInfo && totalCount)) return [`${connection.name} needs edges, nodes, pageInfo and totalCount`]
  const [item, node] = [getNamedType(nodes.type), schema.getType('Node')]
  const isFound = !isInterfaceType(node) || !isObjectType(item) || REFERENCES.has(item.name) || schema.isSubType(node, item)
  return isFound ? [] : [`${item.name} stands in a list with pages and must be an entity, with @key(fields: "id")`]
}

function mutationRules(schema: GraphQLSchema): string[] {
  return Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap(({ name, args, type: output }) => {
    const [input] = args
    if (args.length !== 1 || input?.name !== 'input' || !isNonNullType(input.type))
      return [`Mutation.${name} must have one argument, input, that is required`]
    const type = getNamedType(input.type)
    const payload = getNamedType(output)
    const wanted = `[${payload.name.replace(/Payload$/, 'Error')}!]!`
    const told = isObjectType(payload) && payload.name.endsWith('Payload') ? String(payload.getFields().userErrors?.type) : wanted
    if (told !== wanted) return [`${payload.name} needs userErrors: ${wanted}`]
    const hasKey = isInputObjectType(type) && isNonNullType(type.getFields().idempotencyKey?.type)
    return [
      ...(hasKey || REPEATABLE.has(name) ? [] : [`Mutation.${name} needs an idempotencyKey in its input`]),
      ...ownTypes(name, type.name, payload.name),
    ]
  })
}

/** A type of two mutations could not get a field for one of them. */
function ownTypes(mutation: string, input: string, payload: string): string[] {
  const name = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}`
  return [
    ...(input === `${name}Input` ? [] : [`Mutation.${mutation} needs an input of its own, ${name}Input`]),
    ...(payload === `${name}Payload` ? [] : [`Mutation.${mutation} needs a payload of its own, ${name}Payload`]),
  ]
}
