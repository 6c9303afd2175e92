import { timestampDate } from '@bufbuild/protobuf/wkt'
import { type TouchpointExtra, type TouchpointProperties, TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { type About, fact } from './fact.ts'

export const touchpointsRecorded = fact({
  on: TouchpointsRecordedSchema,
  reaction: 'keep-touchpoints',
  items: 'touchpoints',
  toRows: ({ touchpoints }) =>
    touchpoints.map(({ touchpointId, profileId, type, channel, occurredAt, referenceId, properties }) => ({
      id: touchpointId,
      profileId,
      kind: 'REPORTED',
      type,
      channel,
      occurredAt: timestampDate(occurredAt!),
      referenceId: referenceId || null,
      ...(properties ? { about: aboutOf(properties) } : {}),
    })),
})

/** An amount counts only with its currency. */
const aboutOf = ({
  productId,
  sku,
  categoryId,
  amountMinor,
  currency,
  campaignRef,
  contentId,
  urlPath,
  durationS,
  extras,
}: TouchpointProperties): About => ({
  productId: productId || null,
  sku: sku || null,
  categoryId: categoryId || null,
  amountMinor: currency ? (amountMinor ?? null) : null,
  currency: amountMinor === undefined ? null : currency || null,
  campaignRef: campaignRef || null,
  contentId: contentId || null,
  urlPath: urlPath || null,
  durationS: durationS ?? null,
  extras: extras.length > 0 ? extras.map(extraOf) : null,
})

const extraOf = ({ key, value }: TouchpointExtra) => ({
  key,
  ...(value.case === undefined ? {} : { [value.case]: value.case === 'time' ? timestampDate(value.value).toISOString() : value.value }),
})
