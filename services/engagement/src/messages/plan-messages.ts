import { insertRows } from '@renmai/platform/db/rows'
import { on } from '@renmai/platform/events/inbox'
import { MessageRequestedSchema } from '@renmai/proto/campaign/v1/events'
import { type Message, messages } from './message.table.ts'

/** Plans each message once. The requesting service decides its id, so that a request that is consumed twice is one message. */
export const planMessages = on(MessageRequestedSchema, 'plan-messages', async (tx, events) => {
  const rows = events.map((event) => ({
    id: event.messageId,
    profileId: event.profileId,
    // Campaign's templates have a channel of this list.
    channel: event.channel as Message['channel'],
    purpose: event.purpose,
    templateId: event.templateId,
    templateVersion: event.templateVersion,
    journeyId: event.journeyId || null,
    variables: Object.fromEntries(event.variables.map(({ name, value }) => [name, value])),
  }))
  tx.work.add('messages')
  await insertRows(tx, messages, rows)
})
