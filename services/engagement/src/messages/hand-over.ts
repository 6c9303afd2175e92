import { type Tx, withTenant } from '@renmai/platform/db/db'
import { MAX_ATTEMPTS } from '@renmai/platform/work/settle'
import { and, eq, inArray } from 'drizzle-orm'
import type { Connector } from '../connectors/connector.ts'
import type { Deps } from '../context.ts'
import { type Template, templates } from '../templates/template.table.ts'
import { block, giveBack, postpone } from './claim-messages.ts'
import { entrustToStaff } from './entrust-to-staff.ts'
import { type Chosen, readRoutes } from './read-routes.ts'
import type { Allowed, Ready } from './ready.ts'
import { type Drafted, renderDrafts } from './render-drafts.ts'
import { sendDirectly } from './send-directly.ts'
import { DISABLED, senderOf } from './sender-of.ts'

type Sender = NonNullable<Connector['sender']>

/** Hands allowed messages of one channel over: to their platform, or to the members of staff who send them. */
export async function handOver(deps: Deps, tenantId: string, channel: string, group: Allowed[]): Promise<void> {
  const [kind, sender] = senderOf(channel)
  const { known, routes } = await withTenant(deps.db, tenantId, async (tx) => ({
    known: await readTemplates(tx, group),
    routes: kind && sender ? await readRoutes(tx, deps.keyRing, kind, sender, group) : new Map<string, Chosen>(),
  }))
  const routeOf = ({ message }: Allowed): Chosen => routes.get(message.profileId) ?? { problem: 'NO_CHANNEL_ACCOUNT' }
  const waiting = group.filter((one) => 'isDisabled' in routeOf(one)).map(({ message }) => message)
  // Its account was disabled after the gate was queried, or is not the only one of its kind.
  if (waiting.length > 0) await giveBack(deps.db, tenantId, waiting, DISABLED)
  const rest = group.filter((one) => !('isDisabled' in routeOf(one)))
  if (rest.length === 0) return
  const drafts = rest.flatMap(({ message, card }) => {
    const template = known.get(templateKey(message.templateId, message.templateVersion))
    return template ? [{ message, template, displayName: card?.displayName ?? '' }] : []
  })
  const texts = await renderDrafts(deps.templates, tenantId, drafts)
  const sorted = rest.map((one) => sortOut(one, routeOf(one), sender, texts.get(one.message.id)))
  await endUnsent(deps, tenantId, sorted)
  const ready = sorted.filter((one) => 'route' in one)
  if (!sender || ready.length === 0) return
  await ('tasks' in sender ? entrustToStaff(deps, tenantId, sender.tasks.most, ready) : sendDirectly(deps, tenantId, sender, ready))
}

/** A message that waits, one with a problem, or one that can be handed over. */
type Sorted = Early | Problem | Ready
type Early = Allowed & { early: string }
type Problem = Allowed & { problem: string }

function sortOut(allowed: Allowed, chosen: Chosen, sender: Sender | undefined, text: Drafted | undefined): Sorted {
  const { card } = allowed
  // A template that is not known yet was published recently: its event has not arrived, and its messages wait.
  if (!text) return { ...allowed, early: 'TEMPLATE_NOT_YET_KNOWN' }
  if ('problem' in chosen) return { ...allowed, problem: chosen.problem }
  if (card?.isUnreadable) return unreadable(allowed)
  if (!card?.address) return { ...allowed, problem: 'NO_ADDRESS' }
  if ('isDisabled' in chosen) return { ...allowed, early: DISABLED }
  if ('problem' in text) return { ...allowed, problem: text.problem }
  if (sender?.fits && !sender.fits(text.body)) return { ...allowed, problem: 'TEXT_TOO_LONG' }
  // The contact's own id at the account that sends: another account of the platform knows the person by another one.
  return { ...allowed, route: chosen, address: chosen.contact?.externalUserId ?? card.address, text }
}

/** A key may be missing for a moment only; a card that stays unreadable ends its message. */
const unreadable = (allowed: Allowed): Early | Problem =>
  allowed.message.attempts < MAX_ATTEMPTS ? { ...allowed, early: 'CARD_UNREADABLE' } : { ...allowed, problem: 'CARD_UNREADABLE' }

async function endUnsent(deps: Deps, tenantId: string, sorted: readonly Sorted[]): Promise<void> {
  const early = sorted.filter((one) => 'early' in one)
  const blocked = sorted.filter((one) => 'problem' in one)
  if (early.length + blocked.length === 0) return
  const attemptId = sorted[0]!.message.attemptId!
  await withTenant(deps.db, tenantId, async (tx) => {
    for (const [reason, group] of Map.groupBy(early, (one) => one.early))
      await postpone(
        tx,
        group.map(({ message }) => message.id),
        attemptId,
        reason,
      )
    await block(
      tx,
      attemptId,
      blocked.map(({ message, decision, problem }) => ({ message, decisionId: decision.decisionId, reasons: [problem] })),
      deps.now(),
    )
  })
}

const templateKey = (id: string, version: number) => `${id}|${version}`

async function readTemplates(tx: Tx, group: Allowed[]): Promise<Map<string, Template>> {
  const ids = [...new Set(group.map(({ message }) => message.templateId))]
  const rows = await tx
    .select()
    .from(templates)
    .where(and(eq(templates.tenantId, tx.tenantId), inArray(templates.id, ids)))
  return new Map(rows.map((row) => [templateKey(row.id, row.version), row]))
}
