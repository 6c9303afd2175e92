import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import { type TouchpointPropertiesSchema, TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import type { TouchpointDetailsRow, TouchpointExtraRow } from './read-details.ts'

export type AttachedTouchpoint = {
  id: string
  profileId: string
  type: string
  channel: string
  occurredAt: Date
  referenceId: string | null
  details: TouchpointDetailsRow | null
}

const PER_EVENT = 1_000

/** Publishes touchpoints that have a profile, in as few events as possible: one event per touchpoint would be the slowest step. */
export async function tellTouchpoints(tx: Tx, touchpoints: AttachedTouchpoint[]): Promise<void> {
  for (let at = 0; at < touchpoints.length; at += PER_EVENT) {
    await publish(tx, TouchpointsRecordedSchema, {
      touchpoints: touchpoints.slice(at, at + PER_EVENT).map(({ id, profileId, type, channel, occurredAt, referenceId, details }) => ({
        touchpointId: id,
        profileId,
        type,
        channel,
        occurredAt: timestampFromDate(occurredAt),
        referenceId: referenceId ?? '',
        ...(details ? { properties: propertiesOf(details) } : {}),
      })),
    })
  }
}

function propertiesOf({ amountMinor, extras = [], ...rest }: TouchpointDetailsRow): MessageInitShape<typeof TouchpointPropertiesSchema> {
  return { ...rest, ...(amountMinor === undefined ? {} : { amountMinor: BigInt(amountMinor) }), extras: extras.map(extraOf) }
}

function extraOf(extra: TouchpointExtraRow) {
  const { key } = extra
  if ('number' in extra) return { key, value: { case: 'number' as const, value: extra.number } }
  if ('code' in extra) return { key, value: { case: 'code' as const, value: extra.code } }
  if ('boolean' in extra) return { key, value: { case: 'boolean' as const, value: extra.boolean } }
  return { key, value: { case: 'time' as const, value: timestampFromDate(new Date(extra.time)) } }
}
