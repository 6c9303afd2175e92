import type { Tx } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import { idFrom } from '@renmai/platform/serve/ids'
import { MessageRequestedSchema } from '@renmai/proto/campaign/v1/events'
import { and, desc, eq } from 'drizzle-orm'
import { z } from 'zod'
import { issue } from '../../coupons/coupon.ts'
import { fillVariables } from '../../templates/template.rules.ts'
import { type Template, templates } from '../../templates/template.table.ts'
import { type Entry, type Move, nodeId, nodeKind, type Step } from './node-kind.ts'

const schema = z.object({
  id: nodeId,
  next: nodeId,
  templateId: z.uuid(),
  purpose: z.string().min(1).max(64),
  couponTemplateId: z.uuid().nullish(),
  variables: z
    .array(z.object({ name: z.string().max(32), value: z.string().max(1_000) }))
    .max(50)
    .nullish()
    .transform((value) => value ?? []),
})
type Node = z.output<typeof schema>

/** Requests a message, with a coupon where one is named. */
export const send = nodeKind({
  type: 'SEND',
  schema,
  ways: ({ next }) => [next],
  references: ({ templateId, couponTemplateId }) => [
    { what: 'template', id: templateId },
    ...(couponTemplateId ? [{ what: 'coupon template', id: couponTemplateId } as const] : []),
  ],
  scope: 'messages:write',
  enter: async (tx, step) => {
    const [template] = await tx
      .select()
      .from(templates)
      .where(and(eq(templates.tenantId, tx.tenantId), eq(templates.id, step.node.templateId)))
      .orderBy(desc(templates.version))
      .limit(1)
    const moves: Move[] = []
    for (const entry of step.entries) {
      const refusal = await requestMessage(tx, step, template!, entry)
      moves.push(refusal ? { end: refusal } : { to: step.node.next })
    }
    return moves
  },
})

/**
 * Requests a message for one entry. Its id comes from the entry and the step: the same step requests it once.
 * @returns why no message is requested
 */
async function requestMessage(tx: Tx, step: Step<Node>, template: Template, entry: Entry): Promise<string | undefined> {
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

async function addCoupon(tx: Tx, { node, journeyId, now }: Step<Node>, template: Template, entry: Entry, given: Record<string, string>) {
  if (!node.couponTemplateId) return undefined
  const sourceKey = `${journeyId}:${node.id}`
  const issued = await issue(tx, { templateId: node.couponTemplateId, profileId: entry.profileId, sourceKey, journeyId, now })
  if ('refusal' in issued) return issued.refusal
  for (const variable of template.variables) if (variable.type === 'COUPON') given[variable.name] = issued.coupon.code
  return undefined
}
