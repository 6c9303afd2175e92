import './disable-telemetry.ts'
import { operationFromDocument, type Schema } from '@apollo/federation-internals'
import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway'
import type { QueryPlanner } from '@apollo/query-planner'
import { type GraphQLSchema, Kind } from 'graphql'
import { readAccess } from '../access/read-access.ts'
import { readTouched, type Touched } from '../callers/usage.ts'
import { type Cost, compileCost } from '../cost/compile-cost.ts'
import { readWeights } from '../cost/read-weights.ts'
import { createDocuments, type Documents, hashOf } from '../documents/documents.ts'
import { type OfOperation, perOperation } from '../documents/per-operation.ts'
import { NODE, type Nodes } from '../execution/ask-for-nodes.ts'
import { createExecutor, type Executor } from '../execution/executor.ts'
import { type IdTypes, readIdTypes } from '../execution/read-id-types.ts'
import type { AskSubgraph } from '../execution/step.ts'
import { type EventSource, readSources } from '../subscriptions/read-sources.ts'
import { markOneOf } from './mark-one-of.ts'
import { NODES } from './nodes.gen.ts'

/** A composed schema, ready to serve. */
export type Supergraph = Pick<Executor, 'execute' | 'refusals'> & {
  /** SHA-256 of the composed SDL. */
  hash: string
  schema: GraphQLSchema
  documents: Documents
  /** What subscriptions are fed by, by field. */
  sources: ReadonlyMap<string, EventSource>
  touchedBy: OfOperation<Touched>
  /** What an operation costs. */
  costOf: OfOperation<Cost>
  /** Reads, validates, plans and compiles documents before they are asked for; what is not valid here is passed over. */
  warmUp: (sources: readonly string[]) => Promise<void>
}

/** What ApolloGateway builds from a supergraph and keeps to itself. */
type Inner = { apiSchema: Schema; supergraphSchema: GraphQLSchema; queryPlanner: QueryPlanner }

/**
 * Loads a composed schema; plans are the query planner's, executing them and deciding who may have what is ours.
 * ApolloGateway refuses to load what is marked `for: SECURITY`, since it would not enforce it, so the mark is taken off the
 * copy that it gets. Subgraphs enforce access again.
 * @throws Error when the SDL is no supergraph
 */
export async function loadSupergraph(
  sdl: string,
  subgraphs: ReadonlyMap<string, AskSubgraph>,
  { idTypes = readIdTypes(sdl), nodes = NODES }: { idTypes?: IdTypes; nodes?: Nodes['nodes'] } = {},
): Promise<Supergraph> {
  const gateway = new ApolloGateway({ supergraphSdl: sdl.replaceAll(', for: SECURITY', ''), buildService: () => NOBODY })
  const schema = markOneOf((await gateway.load()).schema, sdl)
  const { apiSchema, supergraphSchema, queryPlanner } = gateway as unknown as Inner
  const weights = readWeights(sdl)
  const { execute, refusals, prepare } = createExecutor({
    apiSchema: schema,
    schema: supergraphSchema,
    access: readAccess(sdl, NODE),
    weights,
    idTypes,
    nodes,
    subgraphs,
    plan: (document, operationName) => queryPlanner.buildQueryPlan(operationFromDocument(apiSchema, document, { operationName })),
  })
  await gateway.stop()
  const documents = createDocuments(schema)
  const touchedBy = perOperation((document) => readTouched(schema, document))
  const costOf = perOperation((document, operationName) => compileCost(schema, weights, document, operationName))
  return {
    hash: hashOf(sdl),
    schema,
    execute,
    refusals,
    documents,
    sources: readSources(sdl),
    touchedBy,
    costOf,
    warmUp: (sources) => warmUp(documents, prepare, sources),
  }
}

/** Nobody's room is used by what is made ready before anybody sends it. */
const WARMED = ''

/** The gateway's own executor is not used. */
const NOBODY: GraphQLDataSource = { process: () => Promise.reject(new Error('Operations are executed elsewhere')) }

async function warmUp(documents: Documents, prepare: Executor['prepare'], sources: readonly string[]): Promise<void> {
  for (const source of sources) {
    // Requests go on between one document and the next.
    await new Promise(setImmediate)
    try {
      const { document } = documents.find(source, WARMED)
      for (const one of document.definitions) if (one.kind === Kind.OPERATION_DEFINITION) prepare(document, one.name?.value)
    } catch {
      // Not valid any more: whoever asks for it is told.
    }
  }
}
