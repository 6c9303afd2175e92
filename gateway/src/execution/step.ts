import type { Viewer } from '@renmai/platform/serve/viewer'
import type { GraphQLError } from 'graphql'

/** An object of the result while it is put together: what subgraphs answered, by response name. */
export type Entity = Record<string, unknown>

/** What one execution of an operation works on. */
export type Run = {
  viewer: Viewer
  /** As they came: subgraphs apply their own defaults. */
  rawVariables: Record<string, unknown>
  /** With defaults: what conditions are decided by. */
  variables: Record<string, unknown>
  /** For a subscription: what came to pass. */
  event: object | undefined
  root: Entity
  errors: GraphQLError[]
  /** Whether a subgraph gave an answer that it had given before: a repeat of a mutation, without effect. */
  isReplay: boolean
}

/** Where in the result a step works: the objects found at a path, in which `@` stands for every element of a list. */
export type Cursor = { path: readonly string[]; entities: readonly Entity[] }

/** One node of a plan, ready to run. */
export type Step = (run: Run, cursor: Cursor) => Promise<void>

export type SubgraphError = { message?: string; path?: readonly (string | number)[]; extensions?: Record<string, unknown> }
export type SubgraphResult = {
  data?: Record<string, unknown> | null
  errors?: readonly SubgraphError[]
  extensions?: { idempotentReplay?: boolean }
}

/** Asks one subgraph. @param body an operation as JSON */
export type AskSubgraph = (viewer: Viewer, body: string, kind: 'query' | 'mutation') => Promise<SubgraphResult>
