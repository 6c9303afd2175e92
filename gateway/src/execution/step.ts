import type { Viewer } from '@renmai/platform/serve/viewer'
import type { GraphQLError } from 'graphql'

/** Marks an object that a subgraph does not have: it answered null for it, without an error. */
export const ABSENT = Symbol('absent')

/** An object of the result while it is built: answers of subgraphs, by response name. */
export type Entity = Record<string, unknown> & { [ABSENT]?: true }

/** The state of one execution of an operation. */
export type Run = {
  viewer: Viewer
  /** As they came: subgraphs apply their own defaults. */
  rawVariables: Record<string, unknown>
  /** With defaults; conditions are decided by these. */
  variables: Record<string, unknown>
  /** The event, for a subscription. */
  event: object | undefined
  root: Entity
  errors: GraphQLError[]
  /** Places below which an error without a path explains what is missing; `@` stands for every element of a list. */
  explained: (readonly string[])[]
  /** Whether a subgraph repeated an earlier answer: a repeated mutation, without effect. */
  isReplay: boolean
}

/** The place in the result where a step works: the objects found at a path, in which `@` stands for every element of a list. */
export type Cursor = { path: readonly string[]; entities: readonly Entity[] }

/** One node of a plan, ready to run. */
export type Step = (run: Run, cursor: Cursor) => Promise<void>

export type SubgraphError = { message?: string; path?: readonly (string | number)[]; extensions?: Record<string, unknown> }
export type SubgraphResult = {
  data?: Record<string, unknown> | null
  errors?: readonly SubgraphError[]
  extensions?: { idempotentReplay?: boolean }
}

/** Sends an operation to one subgraph. @param body the operation as JSON */
export type AskSubgraph = (viewer: Viewer, body: string, kind: 'query' | 'mutation') => Promise<SubgraphResult>
