import type { Tx } from '@renmai/platform/db/db'
import { z } from 'zod'
import type { Clause } from '../../segments/segment.ts'
import type { Reference } from '../references.ts'

/** The id of a step, unique in its journey. */
export const nodeId = z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/)

/** A customer's way through a journey, on the profile by which the customer entered. */
export type Entry = { readonly id: string; readonly profileId: string }

/** The result of a step for an entry: it goes on to another step, waits here until a moment, or ends. */
export type Move = { readonly to: string } | { readonly until: Date } | { readonly end: string }

/** Entries that are at the same step of the same journey. */
export type Step<N> = { readonly journeyId: string; readonly node: N; readonly entries: readonly Entry[]; readonly now: Date }

type CarryOut<N> = (tx: Tx, step: Step<N>) => Promise<Move[]> | Move[]

/** A kind of step. */
export type NodeKind<S extends z.ZodType = z.ZodType, T extends string = string> = {
  /** Name of the kind in stored journeys. */
  readonly type: T
  /** Schema of the input, with the step's `id`. */
  readonly schema: S
  /**
   * A stored step in the form of the input.
   * @param currency the tenant's currency, which amounts have that were stored without one
   */
  readonly show: (node: z.output<S>, currency: string) => object
  /** Ids of the steps that the step leads to; none where a journey ends. */
  readonly ways: (node: z.output<S>) => string[]
  readonly references?: (node: z.output<S>) => Reference[]
  /** Key of the purpose of the messages that the step requests. */
  readonly purpose?: (node: z.output<S>) => string
  /** Conditions that the step evaluates; they count towards the limit of the journey. */
  readonly conditions?: (node: z.output<S>) => Clause[]
  /** A scope that publishing such a step needs besides campaigns:write. */
  readonly scope?: string
  /** Carries out the step for entries that arrive, in the transaction that moves them. Returns one move for each, in their order. */
  readonly enter: CarryOut<z.output<S>>
  /** The same for entries whose wait at this step is over. */
  readonly due?: CarryOut<z.output<S>>
}

/** Infers a step from its schema. */
export const nodeKind = <S extends z.ZodType, const T extends string>(kind: NodeKind<S, T>): NodeKind<S, T> => kind
