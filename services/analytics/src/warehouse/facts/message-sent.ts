import { timestampDate } from '@bufbuild/protobuf/wkt'
import { MessageSentSchema } from '@renmai/proto/engagement/v1/events'
import { fact } from './fact.ts'

export const messageSent = fact({
  on: MessageSentSchema,
  reaction: 'keep-sent-messages',
  toRows: ({ messageId, profileId, channel, at }) => [
    {
      id: messageId,
      profileId,
      kind: 'KNOWN',
      type: 'message_sent',
      channel,
      occurredAt: timestampDate(at!),
      referenceId: messageId,
    },
  ],
})
