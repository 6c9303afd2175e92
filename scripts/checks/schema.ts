import {
  type DocumentNode,
  type FieldDefinitionNode,
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

/** Mutations whose repeats are harmless by themselves. */
const REPEATABLE = new Set(['testConnection', 'ingestEvents'])
const ROOTS = new Set(['Query', 'Mutation', 'Subscription'])

/**
 * Places where the SDL of one subgraph breaks our rules. Two of the rules are limits of the query planner: arguments in the
 * field set of @requires or @provides give wrong results beside the client's own, and several keys of one entity may give
 * null.
 */
export function brokenSdlRules(name: string, sdl: string): string[] {
  const objects = objectsOf(parse(sdl))
  return objects.flatMap((type) => [...keyRules(type), ...fieldRules(type)]).map((broken) => `${name}: ${broken}`)
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

function nameOf({ type }: FieldDefinitionNode): string {
  let inner = type
  while (inner.kind !== Kind.NAMED_TYPE) inner = inner.type
  return inner.name.value
}

/** Places where the schema that clients see breaks our conventions. */
export function brokenConventions(schema: GraphQLSchema): string[] {
  const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
  return types
    .flatMap((type) => [
      ...(type.description || ROOTS.has(type.name) ? [] : [`${type.name} has no description`]),
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
  const isWhole = ['edges', 'nodes', 'pageInfo', 'totalCount'].every((one) => fields.some((field) => field.name === one))
  return name.endsWith('Connection') && !isWhole ? [...asked, `${name} needs edges, nodes, pageInfo and totalCount`] : asked
}

function mutationRules(schema: GraphQLSchema): string[] {
  return Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap(({ name, args, type: output }) => {
    const [input] = args
    if (args.length !== 1 || input?.name !== 'input' || !isNonNullType(input.type))
      return [`Mutation.${name} must have one argument, input, that is required`]
    const type = getNamedType(input.type)
    const payload = getNamedType(output)
    const told = isObjectType(payload) && payload.name.endsWith('Payload') ? String(payload.getFields().userErrors?.type) : '[UserError!]!'
    if (told !== '[UserError!]!') return [`${payload.name} needs userErrors: [UserError!]!`]
    const hasKey = isInputObjectType(type) && isNonNullType(type.getFields().idempotencyKey?.type)
    return hasKey || REPEATABLE.has(name) ? [] : [`Mutation.${name} needs an idempotencyKey in its input`]
  })
}
