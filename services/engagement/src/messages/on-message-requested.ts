import { insertRows } from '@renmai/platform/bulk'
import { on } from '@renmai/platform/inbox'
import { MessageRequestedSchema } from '@renmai/proto/campaign/v1/events'

/** Plans each message once; its id is decided by who asked, so that the same wish heard twice is one message. */
export const onMessageRequested = on(MessageRequestedSchema, 'plan-messages', async (tx, events) => {
  const rows = events.map((event) => ({
    id: event.messageId,
    profile_id: event.profileId,
    channel: event.channel,
    purpose: event.purpose,
    template_id: event.templateId,
    template_version: event.templateVersion,
    journey_id: event.journeyId || null,
    variables: Object.fromEntries(event.variables.map(({ name, value }) => [name, value])),
  }))
  tx.work.add('messages')
  await insertRows(
    tx,
    'messages',
    {
      id: 'uuid',
      profile_id: 'uuid',
      channel: 'text',
      purpose: 'text',
      template_id: 'uuid',
      template_version: 'int4',
      journey_id: 'uuid',
      variables: 'jsonb',
    },
    rows,
  )
})
