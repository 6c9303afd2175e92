import { readFileSync } from 'node:fs'
import { buildSubgraphSchema } from '@apollo/subgraph'
import {
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  isEnumType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type TypeNode,
  visit,
} from 'graphql'
import type { AskSubgraph } from '../../src/execution/step.ts'
import { edgeSdl } from '../../src/supergraph/edge-sdl.ts'
import { SERVICES } from '../../src/supergraph/services.gen.ts'
import { Random, seedOf } from './random.ts'

const SUBGRAPHS = [...SERVICES, 'edge']

type Source = Record<string, unknown>

/**
 * The five subgraphs with their real schemas and generated data. Every value depends on its object, the field and its arguments, so
 * that every caller gets the same in any order. Some values are null, some fail.
 */
export function inventSubgraphs(): Map<string, AskSubgraph> {
  return new Map(SUBGRAPHS.map((name) => [name, inventSubgraph(name)]))
}

function inventSubgraph(name: string): AskSubgraph {
  const file = new URL(`../../../services/${name}/src/gen/schema.graphql`, import.meta.url)
  const typeDefs = forgetNonNull(parse(name === 'edge' ? edgeSdl : readFileSync(file, 'utf8')))
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: Object.fromEntries(entitiesOf(typeDefs).map((type) => [type, ENTITY])) }])
  const documents = new Map<string, DocumentNode>()
  return async (_viewer, body) => {
    const { query, variables, operationName } = JSON.parse(body)
    const document = documents.get(query) ?? parse(query)
    documents.set(query, document)
    const result = await execute({ schema, document, variableValues: variables, operationName, rootValue: {}, fieldResolver: invent })
    return JSON.parse(JSON.stringify(result), spoil)
  }
}

/** A subgraph that returns null for non-null fields: the gateway decides the result. */
function forgetNonNull(typeDefs: DocumentNode): DocumentNode {
  const forget = (type: TypeNode): TypeNode => {
    if (type.kind === Kind.NON_NULL_TYPE) return forget(type.type)
    return type.kind === Kind.LIST_TYPE ? { ...type, type: forget(type.type) } : type
  }
  return visit(typeDefs, { FieldDefinition: (field) => ({ ...field, type: forget(field.type) }) })
}

/** Returns now and then a value of another type than the field's. */
function spoil(key: string, value: unknown): unknown {
  const isLeaf = value !== null && typeof value !== 'object'
  if (!isLeaf || /^(id|__typename|code|message|[0-9]+)$/.test(key)) return value
  if (!new Random(seedOf(`${key} ${String(value)}`)).happens(0.03)) return value
  return typeof value === 'string' ? 7.5 : 'NO_SUCH'
}

function entitiesOf(typeDefs: DocumentNode): string[] {
  const types = typeDefs.definitions.filter((one): one is ObjectTypeDefinitionNode => one.kind.startsWith('ObjectType'))
  return [...new Set(types.filter((one) => one.directives?.some((each) => each.name.value === 'key')).map((one) => one.name.value))]
}

const ENTITY = {
  __resolveReference: (reference: Source) => {
    const random = new Random(seedOf(`entity ${String(reference.id)}`))
    return random.happens(0.08) ? null : { ...reference }
  },
}

const invent: GraphQLFieldResolver<Source, unknown> = (source, given, _context, { parentType, fieldName, returnType, schema }) => {
  if (source && source[fieldName] !== undefined) {
    const own = source[fieldName]
    return typeof own === 'function' ? own(given, _context, undefined) : own
  }
  const random = new Random(seedOf(`${parentType.name} ${String(source?.id ?? '')} ${fieldName} ${JSON.stringify(given)}`))
  if (random.happens(0.03)) throw new GraphQLError(`${fieldName} failed`, { extensions: { code: random.pick(['NOT_FOUND', 'TIMEOUT']) } })
  return inventValue(returnType, random, schema)
}

function inventValue(type: GraphQLOutputType, random: Random, schema: GraphQLSchema): unknown {
  return random.happens(0.04) ? null : inventSome(type, random, schema)
}

function inventSome(type: GraphQLOutputType, random: Random, schema: GraphQLSchema): unknown {
  if (isListType(type)) return Array.from({ length: random.below(4) }, () => inventValue(type.ofType, random, schema))
  if (isEnumType(type)) return random.pick(type.getValues()).name
  if (isInterfaceType(type)) return inventSome(random.pick(schema.getPossibleTypes(type)), random, schema)
  // Few ids, so that the same entity occurs several times.
  if (isObjectType(type)) return { __typename: type.name, id: `${type.name}-${random.below(6)}` }
  const byName: Record<string, unknown> = { Int: random.below(1_000), Float: random.next(), Boolean: random.happens(0.5) }
  return byName[String(type)] ?? `${String(type)} ${random.below(1_000)}`
}
