import { type Tx, withTenant } from '@renmai/platform/db/db'
import { open } from '@renmai/platform/secrets/crypto'
import { AppError } from '@renmai/platform/serve/errors'
import { momentProblem } from '@renmai/platform/serve/moments.rules'
import { outside } from '@renmai/platform/work/outside'
import { MAX_ATTEMPTS, type Outcome, outcomeOf } from '@renmai/platform/work/settle'
import { and, eq, sql } from 'drizzle-orm'
import { heed, type OpenAccount, reachOf, readAccount } from '../channels/channel.ts'
import type { Connector } from '../connectors/connector.ts'
import { connectors } from '../connectors/connectors.ts'
import type { Incoming } from '../connectors/incoming.ts'
import { takeContactEvent } from '../contacts/contact.ts'
import type { Deps } from '../context.ts'
import { changeOrder, takeOrder } from '../orders/order.ts'
import { takeProduct } from '../products/product.ts'
import { webhookPlace } from './store-push.ts'
import { type Webhook, webhooks } from './webhook.table.ts'

/** Processes stored pushes. A push that fails for a transient reason is retried; any other is parked with its reason. */
export const processPushes = outside(webhooks, (deps: Deps) => ({
  name: 'process-pushes',
  lanes: 4,
  leaseSeconds: 30,
  batch: 25,
  call: (webhook) =>
    process(deps, webhook).catch((error) => {
      const outcome = outcomeOf(error, webhook.attempts)
      deps.bus.log.warn({ err: error, webhook: webhook.id, attempts: webhook.attempts }, 'push not processed')
      return outcome
    }),
}))

async function process(deps: Deps, webhook: Webhook): Promise<Outcome> {
  const { tenantId, id, accountId, receivedAt } = webhook
  if (webhook.processedAt) return { done: () => Promise.resolve() }
  const account = await withTenant(deps.db, tenantId, (tx) => readAccount(tx, deps.keyRing, accountId))
  const message = open(deps.keyRing, tenantId, webhookPlace(id), webhook.body)
  const taken = await take(deps, account, message, receivedAt)
  // What it changes may still be on its way; after that a person can replay it.
  if ('missing' in taken) return webhook.attempts < MAX_ATTEMPTS ? { later: taken.missing } : { parked: taken.missing }
  const { problem, effects } = taken
  return {
    done: async (tx) => {
      await tx
        .update(webhooks)
        .set({ processedAt: sql`now()`, problem })
        .where(and(eq(webhooks.tenantId, tenantId), eq(webhooks.id, id)))
      await effects?.(tx)
    },
  }
}

/** The note to store with a push, and the function that runs in the transaction that marks it as done. */
type Taken = { problem: string | null; effects?: (tx: Tx) => Promise<unknown> } | { missing: string }

/** Reads one push and resolves its person; nothing is written yet. */
async function take(deps: Deps, account: OpenAccount, message: string, receivedAt: Date): Promise<Taken> {
  const { callback } = connectors[account.kind]
  if (!callback) throw new AppError('INVALID', `${account.kind} takes no pushes`)
  const incoming = callback.read(message, account)
  if (incoming.kind === 'OTHER') return { problem: `OTHER: ${incoming.name}` }
  const untimely = 'at' in incoming && momentProblem(incoming.at, deps.now())
  if (untimely) return { problem: `${untimely}: time of the push` }
  // The proof comes before identity gets any person, and before any other call with the account.
  await prove(deps, account, callback)
  if (incoming.kind === 'ORDER_CHANGED') return takeOrder(deps, account.tenantId, incoming.order)
  const effects = await effectsOf(deps, account, incoming, receivedAt)
  return effects ? { problem: null, effects } : { missing: 'NOT_FOUND: the order is not known yet' }
}

/** @returns the function that writes; undefined while what it changes is not known */
function effectsOf(deps: Deps, account: OpenAccount, incoming: Exclude<Incoming, { kind: 'OTHER' | 'ORDER_CHANGED' }>, receivedAt: Date) {
  if (incoming.kind === 'ORDER_STATUS_CHANGED' || incoming.kind === 'REFUND_CHANGED') return changeOrder(deps, account.tenantId, incoming)
  if (incoming.kind === 'PRODUCT_CHANGED') return takeProduct(deps, incoming.product)
  return takeContactEvent(deps, account, incoming, receivedAt)
}

/** @throws AppError UNAVAILABLE until the platform accepts the account */
async function prove(deps: Deps, account: OpenAccount, callback: NonNullable<Connector['callback']>): Promise<void> {
  if (!callback.prove) return
  const proof = await heed(deps, account, await callback.prove(account, reachOf(deps, account.kind)))
  if ('given' in proof) return
  const reason = 'later' in proof ? proof.later : proof.refused.message
  throw new AppError('UNAVAILABLE', `The platform does not accept the secret of the account: ${reason}`)
}
