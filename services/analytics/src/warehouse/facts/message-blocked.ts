import { timestampDate } from '@bufbuild/protobuf/wkt'
import { MessageBlockedSchema } from '@renmai/proto/engagement/v1/events'
import { fact } from './fact.ts'

export const messageBlocked = fact({
  on: MessageBlockedSchema,
  reaction: 'keep-blocked-messages',
  toRows: ({ messageId, profileId, channel, at }) => [
    {
      id: messageId,
      profileId,
      kind: 'KNOWN',
      type: 'message_blocked',
      channel,
      occurredAt: timestampDate(at!),
      referenceId: messageId,
    },
  ],
})
