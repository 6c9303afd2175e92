import { type Snapshot, snapshot } from '@renmai/platform/resend/snapshot'
import { TemplatePublishedSchema } from '@renmai/proto/campaign/v1/events'

type Row = { id: string; version: number; channel: string; subject: string; body: string }

/** Every version of each template: messages are rendered by the version that was requested. */
export const messageTemplates: Snapshot = snapshot(TemplatePublishedSchema, {
  name: 'message-templates',
  knowsChanges: true,
  rows: async ({ client, tenantId }, { after, limit, since }) => {
    const [id, version] = after?.split('|') ?? []
    const { rows } = await client.query<Row>(
      `SELECT id, version, channel, subject, body FROM templates
       WHERE tenant_id = $1 AND ($2::uuid IS NULL OR (id, version) > ($2, $3::int)) AND ($5::timestamptz IS NULL OR created_at >= $5)
       ORDER BY id, version LIMIT $4`,
      [tenantId, id ?? null, version ?? null, limit, since],
    )
    return rows
  },
  position: ({ id, version }) => `${id}|${version}`,
  events: (rows) =>
    rows.map(({ id, version, channel, subject, body }) => ({
      templateId: id,
      version,
      channel,
      subjectTemplate: subject,
      bodyTemplate: body,
    })),
})
