import { insertRows } from '@renmai/platform/db/rows'
import { ofState, on } from '@renmai/platform/events/inbox'
import { TemplatePublishedSchema } from '@renmai/proto/campaign/v1/events'
import { templates } from './template.table.ts'

/** Keeps every published version: a message is rendered with the version that was requested. */
export const keepTemplates = ofState(
  on(TemplatePublishedSchema, 'keep-templates', async (tx, events) => {
    const rows = events.map((event) => ({
      id: event.templateId,
      version: event.version,
      channel: event.channel,
      subjectTemplate: event.subjectTemplate,
      bodyTemplate: event.bodyTemplate,
    }))
    await insertRows(tx, templates, rows)
  }),
)
