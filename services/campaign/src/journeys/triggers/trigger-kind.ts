import type { DescMessage, MessageShape } from '@bufbuild/protobuf'
import type { Tx } from '@renmai/platform/db/db'
import type { z } from 'zod'
import type { Reference } from '../references.ts'

/** Customers who enter a journey. */
export type Entering = { readonly journeyId: string; readonly customerIds: readonly string[] }

/** A kind of trigger: a reason for which customers enter a journey. */
export type TriggerKind<S extends z.ZodType = z.ZodType, D extends DescMessage = DescMessage, T extends string = string> = {
  /** Name of the kind in stored journeys. */
  readonly type: T
  readonly schema: S
  /** A stored trigger in the form of the input. */
  readonly show: (trigger: z.output<S>) => object
  readonly references: (trigger: z.output<S>) => Reference[]
  /** Columns by which the journey is found. Values that no query searches for are in `trigger` only. */
  readonly columns?: (trigger: z.output<S>) => { segmentId?: string }
  readonly listensTo: D
  /** Name of the reaction. It is part of the durable consumer's name: a new name consumes every event again. */
  readonly reaction: string
  readonly entries: (tx: Tx, events: MessageShape<D>[]) => Promise<Entering[]>
  /** Customers who enter when the journey is published. */
  readonly present?: (tx: Tx, trigger: z.output<S>) => Promise<string[]>
}

/** Infers a trigger from its schema and its events. */
export const triggerKind = <S extends z.ZodType, D extends DescMessage, const T extends string>(
  kind: TriggerKind<S, D, T>,
): TriggerKind<S, D, T> => kind
