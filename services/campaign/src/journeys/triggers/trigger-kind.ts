import type { DescMessage, MessageShape } from '@bufbuild/protobuf'
import type { Tx } from '@renmai/platform/db/db'
import type { z } from 'zod'
import type { Reference } from '../references.ts'

/** Customers who enter a journey. */
export type Entering = { readonly journeyId: string; readonly customerIds: readonly string[] }

/** A kind of reason for which customers enter a journey. */
export type TriggerKind<S extends z.ZodType = z.ZodType, D extends DescMessage = DescMessage, T extends string = string> = {
  /** How stored journeys name the kind. */
  readonly type: T
  readonly schema: S
  readonly references: (trigger: z.output<S>) => Reference[]
  /** Columns of the journey by which it is found again; what is not looked for stands in `trigger` alone. */
  readonly columns?: (trigger: z.output<S>) => { segmentId?: string }
  readonly listensTo: D
  /** Name of the reaction, which is part of the durable consumer's name: a new name reads every event again. */
  readonly reaction: string
  readonly entries: (tx: Tx, events: MessageShape<D>[]) => Promise<Entering[]>
  /** Customers who enter when the journey is published. */
  readonly present?: (tx: Tx, trigger: z.output<S>) => Promise<string[]>
}

/** Infers a trigger from its schema and its events. */
export const triggerKind = <S extends z.ZodType, D extends DescMessage, const T extends string>(
  kind: TriggerKind<S, D, T>,
): TriggerKind<S, D, T> => kind
