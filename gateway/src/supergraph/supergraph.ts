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
import { readItemwise } from './read-itemwise.ts'

/** A composed schema, ready to serve. */
export type Supergraph = Pick<Executor, 'execute' | 'refusals'> & {
  /** SHA-256 of the composed SDL. */
  hash: string
  schema: GraphQLSchema
  documents: Documents
  /** The events that feed subscriptions, by field. */
  sources: ReadonlyMap<string, EventSource>
  /** Input fields whose items are answered one by one, as `Input.field`. */
  itemwise: ReadonlySet<string>
  touchedBy: OfOperation<Touched>
  /** The cost of an operation. */
  costOf: OfOperation<Cost>
  /** Reads, validates, plans and compiles documents before clients send them; documents that are not valid here are skipped. */
  warmUp: (sources: readonly string[]) => Promise<void>
}

/** Private parts of ApolloGateway. */
type Inner = { apiSchema: Schema; supergraphSchema: GraphQLSchema; queryPlanner: QueryPlanner }

/**
 * Loads a composed schema. The query planner makes the plans; our own code executes them and checks access.
 * ApolloGateway refuses to load a schema with the mark `for: SECURITY`, since it would not enforce access, so the mark is removed
 * from its copy. Subgraphs enforce access again.
 * @throws Error when the SDL is not a supergraph
 */
export async function loadSupergraph(
  sdl: string,
  subgraphs: ReadonlyMap<string, AskSubgraph>,
  { idTypes = readIdTypes(sdl), nodes: all = NODES }: { idTypes?: IdTypes; nodes?: Nodes['nodes'] } = {},
): Promise<Supergraph> {
  const gateway = new ApolloGateway({ supergraphSdl: sdl.replaceAll(', for: SECURITY', ''), buildService: () => NOBODY })
  const schema = markOneOf((await gateway.load()).schema, sdl)
  const { apiSchema, supergraphSchema, queryPlanner } = gateway as unknown as Inner
  // The schema of partners has not all of the types.
  const nodes = Object.fromEntries(Object.entries(all).filter(([type]) => schema.getType(type)))
  const weights = readWeights(sdl)
  const documents = createDocuments(schema)
  const { execute, refusals, prepare } = createExecutor({
    apiSchema: schema,
    schema: supergraphSchema,
    access: readAccess(sdl, NODE),
    weights,
    idTypes,
    nodes,
    subgraphs,
    plan: (document, operationName) => queryPlanner.buildQueryPlan(operationFromDocument(apiSchema, document, { operationName })),
    located: documents.located,
  })
  await gateway.stop()
  const touchedBy = perOperation((document) => readTouched(schema, document))
  const costOf = perOperation((document, operationName) => compileCost(schema, weights, document, operationName))
  return {
    hash: hashOf(sdl),
    schema,
    execute,
    refusals,
    documents,
    sources: readSources(sdl),
    itemwise: readItemwise(sdl),
    touchedBy,
    costOf,
    warmUp: (sources) => warmUp(documents, prepare, sources),
  }
}

/** Documents that are prepared before a client sends them belong to no tenant. */
const WARMED = ''

/** The gateway's own executor is not used. */
const NOBODY: GraphQLDataSource = { process: () => Promise.reject(new Error('Operations are executed elsewhere')) }

async function warmUp(documents: Documents, prepare: Executor['prepare'], sources: readonly string[]): Promise<void> {
  for (const source of sources) {
    // Other requests are handled between two documents.
    await new Promise(setImmediate)
    try {
      const { document } = documents.find(source, WARMED)
      for (const one of document.definitions) if (one.kind === Kind.OPERATION_DEFINITION) prepare(document, one.name?.value)
    } catch {
      // Not valid any more: a client that sends it gets the errors.
    }
  }
}
