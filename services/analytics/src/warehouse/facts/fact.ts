import type { DescMessage, MessageShape } from '@bufbuild/protobuf'

/** One fact, in the shape of the warehouse. */
export type WarehouseEvent = {
  id: string
  profileId: string | null
  /** REPORTED by a source of the tenant, which chooses the type, or KNOWN from the platform's own action. */
  kind: 'REPORTED' | 'KNOWN'
  type: string
  channel: string
  occurredAt: Date
  referenceId: string | null
  /** Nothing for facts that have none. */
  about?: About
}

/** What an event was about, in values of known types. */
export type About = {
  productId: string | null
  sku: string | null
  categoryId: string | null
  amountMinor: bigint | null
  currency: string | null
  campaignRef: string | null
  contentId: string | null
  urlPath: string | null
  durationS: number | null
  extras: unknown[] | null
}

/** Describes how the warehouse stores one type of event. */
export type Fact<D extends DescMessage = DescMessage> = {
  readonly on: D
  /** Name of the reaction, which is part of the durable consumer's name: a new name consumes every event again. */
  readonly reaction: string
  readonly toRows: (event: MessageShape<D>) => WarehouseEvent[]
  /** The list of independent items of the event: a bad one is set aside alone. */
  readonly items?: string
}

/** Infers a fact from its event. */
export const fact = <D extends DescMessage>(one: Fact<D>): Fact<D> => one
