import { open } from '@renmai/platform/crypto'
import { withTenant } from '@renmai/platform/db'
import { AppError } from '@renmai/platform/errors'
import { outside } from '@renmai/platform/work/outside'
import { type Outcome, outcomeOf } from '@renmai/platform/work/settle'
import { and, eq, sql } from 'drizzle-orm'
import { channelAccounts } from '../channels/channel-account.table.ts'
import { openAccount } from '../channels/credentials.ts'
import type { Worker } from '../context.ts'
import { processWecom } from './process-wecom.ts'
import { processYouzan } from './process-youzan.ts'
import { webhookPlace } from './receive-webhook.ts'
import { type Webhook, webhooks } from './webhook.table.ts'

/** Works on stored pushes. What fails for a passing reason is tried again; what never can is parked with its reason. */
export const processWebhooks = outside(webhooks, (worker: Worker) => ({
  name: 'process-webhooks',
  lanes: 4,
  leaseSeconds: 30,
  batch: 25,
  call: (webhook) =>
    process(worker, webhook).catch((error) => {
      const outcome = outcomeOf(error, webhook.attempts)
      worker.bus.log.warn({ err: error, webhook: webhook.id, attempts: webhook.attempts }, 'push not processed')
      return outcome
    }),
}))

async function process(worker: Worker, webhook: Webhook): Promise<Outcome> {
  const { tenantId, id, accountId } = webhook
  if (webhook.processedAt) return { done: () => Promise.resolve() }
  const account = await withTenant(worker.db, tenantId, async (tx) => {
    const [found] = await tx
      .select()
      .from(channelAccounts)
      .where(and(eq(channelAccounts.tenantId, tenantId), eq(channelAccounts.id, accountId)))
    if (!found) throw new AppError('NOT_FOUND', 'The channel account is gone')
    return found
  })
  const message = open(worker.keyRing, tenantId, webhookPlace(id), webhook.body)
  const { problem, effects } =
    account.kind === 'WECOM'
      ? await processWecom(worker, openAccount<'WECOM'>(worker.keyRing, account), webhook, message)
      : await processYouzan(worker, webhook, message)
  return {
    done: async (tx) => {
      await tx
        .update(webhooks)
        .set({ processedAt: sql`now()`, problem })
        .where(and(eq(webhooks.tenantId, tenantId), eq(webhooks.id, id)))
      await effects(tx)
    },
  }
}
