import { hash } from 'node:crypto'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { context as otelContext, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  getVariableValues,
  isInputObjectType,
  isNonNullType,
  isObjectType,
  Kind,
  type NamedTypeNode,
  OperationTypeNode,
  parse,
  typeFromAST,
  validate,
} from 'graphql'
import { type CompiledQuery, compileQuery } from 'graphql-jit'
import type { Admission } from '../overload/admission.ts'
import { enforceScopes } from './enforce-scopes.ts'
import { AppError } from './errors.ts'
import type { Http } from './http.ts'
import type { Log } from './log.ts'
import { wasRepeated } from './mutate.ts'
import type { Connection } from './page.ts'
import { readArguments } from './read-arguments.ts'
import { returnUserErrors } from './return-user-errors.ts'
import { createSharedCache, type SharedCache } from './shared-cache.ts'
import { type Verifier, type Viewer, verifyViewer } from './viewer.ts'

export type SubgraphOptions<C> = {
  name: string
  modules: DocumentNode[]
  resolvers: object
  verifier: Verifier
  log: Log
  admission: Admission
  /** Builds the context for the resolvers of one request, loaders included. */
  context: (viewer: Viewer) => C
}

type Body = { query?: unknown; variables?: unknown; operationName?: unknown; event?: unknown }
type Compiled = Pick<CompiledQuery, 'query'> | { errors: readonly GraphQLError[] }

const MAX_BYTES = 64 * 1024 ** 2
/** Memory of a parsed and compiled document in bytes, for each character of its text. */
const BYTES_PER_CHARACTER = 60
const tracer = trace.getTracer('renmai')

/** @param readsGlobalIds whether resolvers get plain ids; a resolver that needs the type of an id reads it itself */
export function buildSchema(
  modules: DocumentNode[],
  resolvers: object,
  { readsGlobalIds = true, log }: { readsGlobalIds?: boolean; log?: Log } = {},
): GraphQLSchema {
  const schema = buildSubgraphSchema(
    modules.map((typeDefs, index) => (index === 0 ? { typeDefs, resolvers: resolvers as never } : { typeDefs })),
  )
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || !type.name.endsWith('Connection')) continue
    const { totalCount, isTotalEstimate } = type.getFields()
    if (totalCount) totalCount.resolve ??= async (source: Connection<unknown>) => (await source.count()).count
    if (isTotalEstimate) isTotalEstimate.resolve ??= async (source: Connection<unknown>) => (await source.count()).isEstimate
  }
  return enforceScopes(returnUserErrors(readArguments(schema, { ids: readsGlobalIds }), log), modules)
}

/**
 * Serves a subgraph at POST /graphql, to holders of the gateway's internal token only. Each document is parsed,
 * validated and compiled once.
 */
export function serveSubgraph<C extends object>(http: Http, options: SubgraphOptions<C>): void {
  const schema = buildSchema(options.modules, options.resolvers, { log: options.log })
  const documents = createSharedCache<Compiled>(MAX_BYTES)
  // The token covers the bytes as received.
  http.removeContentTypeParser('application/json')
  http.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  http.post('/graphql', async (request, reply) => {
    const text = typeof request.body === 'string' ? request.body : ''
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? ''
    const viewer = await verifyViewer(options.verifier, token, options.name, text)
    const { query, variables, operationName, event } = readBody(text)
    if (typeof query !== 'string') throw new AppError('INVALID', 'query must be a string')
    const parent = propagation.extract(otelContext.active(), request.headers)
    const span = tracer.startSpan(`graphql ${options.name}`, { kind: SpanKind.SERVER }, parent)
    return otelContext.with(trace.setSpan(parent, span), async () => {
      try {
        const compiled = compiledDocument(documents, schema, query, operationName, viewer.tenantId)
        if (!('query' in compiled)) return { errors: compiled.errors.map((error) => error.toJSON()) }
        // The gateway plans mutations as operations of their own, keyword first.
        const priority = query.startsWith('mutation') ? 'MUTATION' : 'QUERY'
        const asked = { tenantId: viewer.tenantId, priority, kind: hash('sha256', query, 'base64url') } as const
        const result = await options.admission.admit(asked, async () =>
          compiled.query(event ?? {}, options.context(viewer), (variables ?? {}) as Record<string, unknown>),
        )
        if (result.errors) span.setStatus({ code: SpanStatusCode.ERROR })
        const repeat = wasRepeated(viewer) ? { extensions: { idempotentReplay: true } } : {}
        return reply.send({ ...maskErrors(result, options.log, request.id), ...repeat })
      } finally {
        span.end()
      }
    })
  })
}

function readBody(text: string): Body {
  try {
    const body: unknown = JSON.parse(text)
    if (body !== null && typeof body === 'object') return body
  } catch {
    // It is answered below, like JSON that is no object.
  }
  throw new AppError('INVALID', 'The body must be a JSON object')
}

function compiledDocument(
  cache: SharedCache<Compiled>,
  schema: GraphQLSchema,
  query: string,
  operationName: unknown,
  owner: string,
): Compiled {
  const name = typeof operationName === 'string' ? operationName : undefined
  const key = `${name ?? ''}|${query}`
  const known = cache.get(key)
  if (known) return known
  const compiled = compile(schema, query, name)
  cache.set(key, owner, query.length * BYTES_PER_CHARACTER, compiled)
  return compiled
}

/** Reads, validates and compiles a document. Faults of the document are returned as errors. */
export function compile(schema: GraphQLSchema, query: string, operationName?: string): Compiled {
  try {
    const document = parse(query, { maxTokens: 20_000 })
    const errors = validate(schema, document)
    if (errors.length > 0) return { errors }
    if (isSubscription(document) || needsInterpreter(schema, document)) return interpret(schema, document, operationName)
    const compiled = compileQuery(schema, document, operationName)
    return 'query' in compiled ? placeErrors(schema, document, operationName, compiled) : { errors: compiled.errors ?? [] }
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] }
    throw error
  }
}

/** graphql-jit names the field of a wrong value as if it were the variable, without its place; graphql-js names both. */
function placeErrors(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
  compiled: Pick<CompiledQuery, 'query'>,
): Pick<CompiledQuery, 'query'> {
  const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? []
  return {
    query: async (root, context, variables) => {
      const result = await compiled.query(root, context, variables)
      if ('data' in result || definitions.length === 0) return result
      const { errors } = getVariableValues(schema, definitions, variables ?? {})
      return errors ? { errors } : result
    },
  }
}

/** graphql-jit needs a stream of events for a subscription; here one event at a time is resolved. */
const isSubscription = ({ definitions }: DocumentNode) =>
  definitions.some((one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.SUBSCRIPTION)

/**
 * graphql-jit 0.8 recurses into a recursive input type until the stack overflows, accepts a variable of a `@oneOf`
 * input with any number of fields, and refuses one without a non-null field that has a default, such as the direction of
 * an order. graphql-js executes such documents.
 */
function needsInterpreter(schema: GraphQLSchema, document: DocumentNode): boolean {
  const isBeyond = (type: GraphQLInputType | undefined, above: readonly GraphQLInputType[]): boolean => {
    const named = type && getNamedType(type)
    if (!isInputObjectType(named)) return false
    if (named.isOneOf || above.includes(named)) return true
    const fields = Object.values(named.getFields())
    return fields.some((field) => hasDefaultOnly(field) || isBeyond(field.type, [...above, named]))
  }
  return document.definitions.some(
    (one) =>
      one.kind === Kind.OPERATION_DEFINITION &&
      one.variableDefinitions?.some(({ type }) => isBeyond(typeFromAST(schema, type as NamedTypeNode) as GraphQLInputType | undefined, [])),
  )
}

const hasDefaultOnly = ({ type, defaultValue }: GraphQLInputField) => isNonNullType(type) && defaultValue !== undefined

function interpret(schema: GraphQLSchema, document: DocumentNode, operationName: string | undefined): Pick<CompiledQuery, 'query'> {
  return {
    query: (rootValue, contextValue, variableValues) =>
      execute({ schema, document, rootValue, contextValue, variableValues, operationName }),
  }
}

/** The only place where errors become GraphQL errors. An AppError is returned; any other error is logged and masked. */
export function maskErrors(result: ExecutionResult, log: Log, requestId: string): object {
  if (!result.errors) return result
  return { ...result, errors: result.errors.map((error) => toGraphQL(error, log, requestId)) }
}

function toGraphQL(error: GraphQLError, log: Log, requestId: string): object {
  const { message, path, locations } = error
  const known = findAppError(error.originalError)
  if (known) {
    const code = known.code === 'INVALID' ? 'BAD_USER_INPUT' : known.code
    const { reason, parameters } = known.details
    const { fields } = known
    return { message: known.message, path, locations, extensions: { code, reason, fields, parameters, requestId } }
  }
  if (!error.originalError || error.originalError instanceof GraphQLError) {
    return { message, path, locations, extensions: { code: 'BAD_USER_INPUT', requestId } }
  }
  log.error({ err: error.originalError, path, requestId }, 'resolver failed')
  return { message: 'Something went wrong on our side', path, locations, extensions: { code: 'INTERNAL', requestId } }
}

function findAppError(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error
  const inner = (error as { originalError?: unknown; cause?: unknown } | undefined) ?? {}
  return inner.originalError || inner.cause ? (findAppError(inner.originalError) ?? findAppError(inner.cause)) : undefined
}
