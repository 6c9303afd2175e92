import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { publish } from '@renmai/platform/events/outbox'
import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { requireScope } from '@renmai/platform/serve/viewer'
import { TemplatePublishedSchema } from '@renmai/proto/campaign/v1/events'
import { ChannelSchema } from '@renmai/proto/engagement/v1/channel'
import { and, desc, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { TemplateVariableKind } from '../gen/resolvers.ts'
import { sendsTemplate } from '../journeys/journey.ts'
import { messageTemplateFailure } from './message-template.failures.ts'
import { checkLength, checkSource } from './message-template.rules.ts'
import { archivedTemplates, templates } from './message-template.table.ts'

/** Every channel that has a name. */
const CHANNELS = ChannelSchema.values.flatMap(({ number, localName }) => (number ? [localName] : []))
const Variable = z
  .object({
    name: z.string().regex(/^[a-z][a-z0-9_]{0,31}$/),
    kind: z.enum(TemplateVariableKind),
    defaultValue: z
      .string()
      .max(1_000)
      .nullish()
      .transform((value) => value ?? null),
  })
  .transform(({ kind: type, ...rest }) => ({ ...rest, type }))
const Input = z.object({
  idempotencyKey,
  name: z.string().trim().min(1).max(100),
  channel: z.enum(CHANNELS),
  subject: z
    .string()
    .max(500)
    .nullish()
    .transform((value) => value ?? ''),
  body: z.string().min(1).max(20_000),
  expectedVersion: z.int().nullish(),
  variables: z
    .array(Variable)
    .max(50)
    .nullish()
    .transform((value) => value ?? []),
})

/**
 * Publishes a message template, or the next version of the one with this name.
 * @throws AppError FORBIDDEN without messages:write when a journey sends the template: its customers then get the new text
 */
export async function publishMessageTemplate(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  requireScope(ctx.viewer, 'campaigns:write')
  checkLength(input.channel, input.body)
  const [subjectSource, bodySource] = await ctx.templates.readSources(ctx.viewer.tenantId, [input.subject, input.body])
  checkSource('subject', subjectSource!, input.variables)
  checkSource('body', bodySource!, input.variables)
  return mutate(ctx, { name: 'publishMessageTemplate', scope: 'campaigns:write' }, input, async (tx) => {
    const { name, channel, subject, body, variables } = input
    const [latest] = await tx
      .select()
      .from(templates)
      .where(and(eq(templates.tenantId, tx.tenantId), eq(templates.name, name)))
      .orderBy(desc(templates.version))
      .limit(1)
    requireVersion(input.expectedVersion, latest?.version ?? 0)
    if (latest) await refuseArchived(tx, latest.id)
    if (latest && (await sendsTemplate(tx, latest.id))) requireScope(ctx.viewer, 'messages:write')
    const row = {
      tenantId: tx.tenantId,
      id: latest?.id ?? newId(),
      version: (latest?.version ?? 0) + 1,
      name,
      channel,
      subject,
      body,
      variables,
    }
    await tx.insert(templates).values(row)
    await publish(tx, TemplatePublishedSchema, {
      templateId: row.id,
      version: row.version,
      channel,
      subjectTemplate: subject,
      bodyTemplate: body,
    })
    return { decided: { id: row.id }, targetId: row.id }
  })
}

async function refuseArchived(tx: Tx, id: string): Promise<void> {
  const [archived] = await tx
    .select()
    .from(archivedTemplates)
    .where(mine(tx, archivedTemplates, id))
  if (archived) throw messageTemplateFailure('MESSAGE_TEMPLATE_ARCHIVED', 'name')
}
