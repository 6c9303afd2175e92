import { timestampDate } from '@bufbuild/protobuf/wkt'
import { TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { fact } from './fact.ts'

export const touchpointsRecorded = fact({
  on: TouchpointsRecordedSchema,
  reaction: 'keep-touchpoints',
  toRows: ({ touchpoints }) =>
    touchpoints.map(({ touchpointId, profileId, type, channel, occurredAt, referenceId }) => ({
      id: touchpointId,
      profileId,
      kind: 'REPORTED',
      type,
      channel,
      occurredAt: timestampDate(occurredAt!),
      referenceId: referenceId || null,
    })),
})
