import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildSubgraphSchema } from '@apollo/subgraph'
import fastify from 'fastify'
import {
  type DocumentNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
} from 'graphql'
import { type CompiledQuery, compileQuery } from 'graphql-jit'
import { SERVICES } from '../../compose-supergraph.ts'

/** Items of each list: customers in a page, and things that belong to one customer. */
const [ON_A_PAGE, OF_ONE] = [20, 3]

type Thing = Record<string, unknown>

/**
 * The five subgraphs with their true schemas and constant answers, sent immediately or after the given milliseconds: the cost
 * of a gateway is seen best when the subgraphs behind it cost nothing. Prints their addresses.
 */
const delayMs = Number(process.argv[2] ?? 0)
const urls = await Promise.all(SERVICES.map(async (name) => [name, await serve(load(name))] as const))
process.stdout.write(`READY ${JSON.stringify(Object.fromEntries(urls))}\n`)

function load(name: string): GraphQLSchema {
  const typeDefs = parse(readFileSync(new URL(`../../../services/${name}/src/gen/schema.graphql`, import.meta.url), 'utf8'))
  const schema = buildSubgraphSchema([
    { typeDefs, resolvers: { Customer: { __resolveReference: ({ id }: Thing) => customer(schema, id) } } },
  ])
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('_')) continue
    for (const field of Object.values(type.getFields())) {
      if (field.name.startsWith('_') || isLeafType(getNamedType(field.type))) continue
      const value = valueOf(field.type, type.name === 'CustomerConnection' ? ON_A_PAGE : OF_ONE)
      field.resolve = (_source, given) => (type.name === 'Query' && field.name === 'customer' ? customer(schema, given.id) : value)
    }
  }
  return schema
}

const customer = (schema: GraphQLSchema, id: unknown): Thing => ({ ...(valueOf(schema.getType('Customer') as never, 0) as Thing), id })

function valueOf(type: GraphQLOutputType, count: number): unknown {
  if (isNonNullType(type)) return valueOf(type.ofType, count)
  if (isListType(type)) return Array.from({ length: count }, (_, at) => ({ ...(valueOf(type.ofType, count) as Thing), id: `${at}` }))
  if (isEnumType(type)) return type.getValues()[0]!.name
  if (!isObjectType(type)) return { Int: 7, Float: 7.5, Boolean: true }[String(type)] ?? '2026-06-01'
  const leaves = Object.values(type.getFields()).filter((field) => isLeafType(getNamedType(field.type)))
  return { __typename: type.name, ...Object.fromEntries(leaves.map((field) => [field.name, leafOf(field.type)])) }
}

function leafOf(type: GraphQLOutputType): unknown {
  if (isNonNullType(type)) return leafOf(type.ofType)
  return isListType(type) ? [leafOf(type.ofType)] : valueOf(type, 0)
}

async function serve(schema: GraphQLSchema): Promise<string> {
  const compiled = new Map<string, CompiledQuery['query']>()
  const server = fastify({ bodyLimit: 8 * 1024 ** 2 })
  server.post('/graphql', async (request) => {
    const { query, variables, operationName } = request.body as { query: string; variables?: Thing; operationName?: string }
    const run = compiled.get(query) ?? compile(schema, parse(query), operationName)
    compiled.set(query, run)
    if (delayMs > 0) await sleep(delayMs)
    return run({}, {}, variables ?? {})
  })
  return `${await server.listen({ host: '127.0.0.1', port: 0 })}/graphql`
}

function compile(schema: GraphQLSchema, document: DocumentNode, name: string | undefined): CompiledQuery['query'] {
  const compiled = compileQuery(schema, document, name)
  if ('query' in compiled) return compiled.query
  throw new Error(compiled.errors?.[0]?.message)
}
