import { timestampDate } from '@bufbuild/protobuf/wkt'
import { isId } from '@renmai/platform/ids'
import { on } from '@renmai/platform/inbox'
import { CouponRedeemedSchema } from '@renmai/proto/campaign/v1/events'
import { MessageBlockedSchema, MessageSentSchema, TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { keepEvents } from './keep-events.ts'

export const onTouchpointsRecorded = on(TouchpointsRecordedSchema, 'keep-touchpoints', (tx, events) =>
  keepEvents(
    tx,
    events
      .flatMap((event) => event.touchpoints)
      .map(({ touchpointId, profileId, type, channel, occurredAt, referenceId }) => ({
        id: touchpointId,
        profileId,
        type,
        channel,
        occurredAt: timestampDate(occurredAt!),
        referenceId: referenceId || null,
      })),
  ),
)

export const onMessageSent = on(MessageSentSchema, 'keep-sent-messages', (tx, events) =>
  keepEvents(
    tx,
    events.map(({ messageId, profileId, channel, at }) => ({
      id: messageId,
      profileId,
      type: 'message_sent',
      channel,
      occurredAt: timestampDate(at!),
      referenceId: messageId,
    })),
  ),
)

export const onMessageBlocked = on(MessageBlockedSchema, 'keep-blocked-messages', (tx, events) =>
  keepEvents(
    tx,
    events.map(({ messageId, profileId, channel, at }) => ({
      id: messageId,
      profileId,
      type: 'message_blocked',
      channel,
      occurredAt: timestampDate(at!),
      referenceId: messageId,
    })),
  ),
)

export const onCouponRedeemed = on(CouponRedeemedSchema, 'keep-redeemed-coupons', (tx, events) =>
  keepEvents(
    tx,
    events.map(({ couponId, profileId, orderId, at }) => ({
      id: couponId,
      profileId,
      type: 'coupon_redeemed',
      channel: 'COUPON',
      occurredAt: timestampDate(at!),
      // The shop's own number of an order is no id of ours.
      referenceId: isId(orderId) ? orderId : null,
    })),
  ),
)
