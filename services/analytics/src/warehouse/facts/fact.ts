import type { DescMessage, MessageShape } from '@bufbuild/protobuf'

/** One thing that happened, in the shape of the warehouse. */
export type WarehouseEvent = {
  id: string
  profileId: string | null
  /** REPORTED by a source of the tenant, which chooses the type; KNOWN from what the platform itself did. */
  kind: 'REPORTED' | 'KNOWN'
  type: string
  channel: string
  occurredAt: Date
  referenceId: string | null
}

/** What the warehouse keeps of one event of the platform. */
export type Fact<D extends DescMessage = DescMessage> = {
  readonly on: D
  /** Name of the reaction, which is part of the durable consumer's name: a new name reads every event again. */
  readonly reaction: string
  readonly toRows: (event: MessageShape<D>) => WarehouseEvent[]
}

/** Infers a fact from its event. */
export const fact = <D extends DescMessage>(one: Fact<D>): Fact<D> => one
