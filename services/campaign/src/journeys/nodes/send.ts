import type { Tx } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { publish } from '@renmai/platform/events/outbox'
import { idFrom } from '@renmai/platform/serve/ids'
import { MessageRequestedSchema } from '@renmai/proto/campaign/v1/events'
import { and, desc, eq } from 'drizzle-orm'
import { z } from 'zod'
import { issue } from '../../coupons/coupon.ts'
import { fillVariables } from '../../message-templates/message-template.rules.ts'
import { type MessageTemplate, templates } from '../../message-templates/message-template.table.ts'
import { journeyMessages } from '../journey-message.table.ts'
import { onePerPerson } from '../one-per-person.ts'
import { type Entry, type Move, nodeId, nodeKind, type Step } from './node-kind.ts'

const schema = z
  .object({
    id: nodeId,
    next: nodeId,
    messageTemplateId: z.uuid(),
    purpose: z.string().min(1).max(64),
    couponTemplateId: z.uuid().nullish(),
    variables: z
      .array(z.object({ name: z.string().max(32), value: z.string().max(1_000) }))
      .max(50)
      .nullish()
      .transform((value) => value ?? []),
  })
  .transform(({ messageTemplateId: templateId, ...rest }) => ({ ...rest, templateId }))
type Node = z.output<typeof schema>

/** Requests a message, with a coupon where one is named. */
export const send = nodeKind({
  type: 'SEND',
  schema,
  show: ({ id, next, templateId, purpose, couponTemplateId, variables }) => ({
    id,
    next,
    messageTemplateId: templateId,
    purpose,
    couponTemplateId,
    variables,
  }),
  ways: ({ next }) => [next],
  references: ({ templateId, couponTemplateId }) => [
    { what: 'message template', id: templateId, field: 'messageTemplateId' },
    ...(couponTemplateId ? [{ what: 'coupon template', id: couponTemplateId, field: 'couponTemplateId' } as const] : []),
  ],
  purpose: ({ purpose }) => purpose,
  scope: 'messages:write',
  enter: async (tx, step) => {
    const [template] = await tx
      .select()
      .from(templates)
      .where(and(eq(templates.tenantId, tx.tenantId), eq(templates.id, step.node.templateId)))
      .orderBy(desc(templates.version))
      .limit(1)
    const { journeyId, node, entries } = step
    const profileIds = entries.map(({ profileId }) => profileId)
    const isNew = await onePerPerson(tx, journeyId, node.id, profileIds)
    const moves: Move[] = []
    const reached: string[] = []
    for (const entry of entries) {
      const isMine = isNew(entry.profileId)
      const refusal = isMine ? await requestMessage(tx, step, template!, entry) : undefined
      if (isMine && !refusal) reached.push(entry.profileId)
      moves.push(refusal ? { end: refusal } : { to: node.next })
    }
    await insertRows(
      tx,
      journeyMessages,
      reached.map((profileId) => ({ journeyId, nodeId: node.id, profileId })),
    )
    return moves
  },
})

/**
 * Requests a message for one entry. Its id comes from the entry and the step: the same step requests it once.
 * @returns why no message is requested
 */
async function requestMessage(tx: Tx, step: Step<Node>, template: MessageTemplate, entry: Entry): Promise<string | undefined> {
  const { node, journeyId } = step
  const given = Object.fromEntries(node.variables.map(({ name, value }) => [name, value]))
  const refusal = await addCoupon(tx, step, template, entry, given)
  if (refusal) return refusal
  const filled = fillVariables(template.variables, given)
  if ('missing' in filled) return `MISSING_VARIABLE: ${filled.missing}`
  await publish(tx, MessageRequestedSchema, {
    messageId: idFrom('message', entry.id, node.id),
    profileId: entry.profileId,
    channel: template.channel,
    purpose: node.purpose,
    templateId: template.id,
    templateVersion: template.version,
    journeyId,
    variables: Object.entries(filled.values).map(([name, value]) => ({ name, value })),
  })
  return undefined
}

async function addCoupon(
  tx: Tx,
  { node, journeyId, now }: Step<Node>,
  template: MessageTemplate,
  entry: Entry,
  given: Record<string, string>,
) {
  if (!node.couponTemplateId) return undefined
  const sourceKey = `${journeyId}:${node.id}`
  const issued = await issue(tx, { templateId: node.couponTemplateId, profileId: entry.profileId, sourceKey, journeyId, now })
  if ('refusal' in issued) return issued.refusal
  for (const variable of template.variables) if (variable.type === 'COUPON') given[variable.name] = issued.coupon.code
  return undefined
}
