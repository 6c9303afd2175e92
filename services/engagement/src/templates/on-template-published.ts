import { insertRows } from '@renmai/platform/bulk'
import { on } from '@renmai/platform/inbox'
import { TemplatePublishedSchema } from '@renmai/proto/campaign/v1/events'

/** Keeps every published version: a message renders with the version it was asked for. */
export const onTemplatePublished = on(TemplatePublishedSchema, 'keep-templates', async (tx, events) => {
  const rows = events.map((event) => ({
    id: event.templateId,
    version: event.version,
    channel: event.channel,
    subject_template: event.subjectTemplate,
    body_template: event.bodyTemplate,
  }))
  await insertRows(tx, 'templates', { id: 'uuid', version: 'int4', channel: 'text', subject_template: 'text', body_template: 'text' }, rows)
})
