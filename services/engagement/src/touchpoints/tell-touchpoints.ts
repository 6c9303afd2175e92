import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import { TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'

export type AttachedTouchpoint = {
  id: string
  profileId: string
  type: string
  channel: string
  occurredAt: Date
  referenceId: string | null
}

const PER_EVENT = 1_000

/** Publishes touchpoints that have a profile, in as few events as possible: one event per touchpoint would be the slowest step. */
export async function tellTouchpoints(tx: Tx, touchpoints: AttachedTouchpoint[]): Promise<void> {
  for (let at = 0; at < touchpoints.length; at += PER_EVENT) {
    await publish(tx, TouchpointsRecordedSchema, {
      touchpoints: touchpoints.slice(at, at + PER_EVENT).map(({ id, profileId, type, channel, occurredAt, referenceId }) => ({
        touchpointId: id,
        profileId,
        type,
        channel,
        occurredAt: timestampFromDate(occurredAt),
        referenceId: referenceId ?? '',
      })),
    })
  }
}
