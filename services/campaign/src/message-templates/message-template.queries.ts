import { type Conditions, contains, equals, isTrue, matching } from '@renmai/platform/db/filters'
import type { ListArgs, Listed } from '@renmai/platform/db/read-page'
import { and, sql } from 'drizzle-orm'
import type { MessageTemplateFilter } from '../gen/resolvers.ts'
import { templates } from './message-template.table.ts'

const isNewest = sql`NOT EXISTS (SELECT 1 FROM templates AS newer
  WHERE newer.tenant_id = ${templates.tenantId} AND newer.id = ${templates.id} AND newer.version > ${templates.version})`
const isArchived = sql`EXISTS (SELECT 1 FROM archived_templates AS archived
  WHERE archived.tenant_id = ${templates.tenantId} AND archived.id = ${templates.id})`

const CONDITIONS: Conditions<MessageTemplateFilter> = {
  channel: equals(templates.channel),
  nameContains: contains(templates.name),
  isArchived: isTrue(isArchived),
}

type Args = ListArgs & { filter?: MessageTemplateFilter | null | undefined }

/** The newest version of each message template, by name unless the caller chooses another order. */
export const listMessageTemplates = ({ filter }: Args): Listed<typeof templates> => ({
  table: templates,
  by: templates.name,
  orders: { NAME: templates.name, UPDATED_AT: templates.createdAt },
  where: and(isNewest, matching(CONDITIONS, filter, { isArchived: false })),
})
