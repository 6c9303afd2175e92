import { open } from '@renmai/platform/crypto'
import { withTenant } from '@renmai/platform/db'
import { AppError, isTransient } from '@renmai/platform/errors'
import { type Loop, loop } from '@renmai/platform/loop'
import { tenantsWithWork } from '@renmai/platform/tenants'
import { and, eq, sql } from 'drizzle-orm'
import { channelAccounts } from '../channels/channel-account.table.ts'
import { openAccount } from '../channels/credentials.ts'
import type { Worker } from '../context.ts'
import { processWecom } from './process-wecom.ts'
import { processYouzan } from './process-youzan.ts'
import { webhookPlace } from './receive-webhook.ts'
import { type Webhook, webhooks } from './webhook.table.ts'

const POLL_MS = 100
const BATCH = 50
const MAX_ATTEMPTS = 8

/** Works on stored pushes, oldest first. What fails for a passing reason is tried again; what never can is set aside. */
export function processWebhooks(worker: Worker): Loop {
  return loop('process-webhooks', worker.bus.log, { pollMs: POLL_MS }, async () => {
    let done = 0
    const isDue = 'processed_at IS NULL AND (lease_until IS NULL OR lease_until < now())'
    for (const tenantId of await tenantsWithWork(worker.relayDb, 'webhooks', isDue)) {
      const claimed = await claim(worker, tenantId)
      await Promise.all(claimed.map((webhook) => processOne(worker, webhook)))
      done += claimed.length
    }
    return done
  })
}

async function claim({ db }: Worker, tenantId: string): Promise<Webhook[]> {
  return withTenant(db, tenantId, async (tx) => {
    const { rows } = await tx.client.query<Webhook>(
      `UPDATE webhooks SET lease_until = now() + least(interval '5 minutes', interval '5 seconds' * 2 ^ attempts), attempts = attempts + 1
       WHERE (tenant_id, id) IN (
         SELECT tenant_id, id FROM webhooks WHERE tenant_id = $1 AND processed_at IS NULL AND (lease_until IS NULL OR lease_until < now())
         ORDER BY received_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
       RETURNING tenant_id AS "tenantId", id, account_id AS "accountId", body, attempts, received_at AS "receivedAt"`,
      [tenantId],
    )
    return rows
  })
}

async function processOne(worker: Worker, webhook: Webhook): Promise<void> {
  const { tenantId, id, accountId } = webhook
  try {
    const account = await withTenant(worker.db, tenantId, async (tx) => {
      const [found] = await tx
        .select()
        .from(channelAccounts)
        .where(and(eq(channelAccounts.tenantId, tenantId), eq(channelAccounts.id, accountId)))
      if (!found) throw new AppError('NOT_FOUND', 'The channel account is gone')
      return found
    })
    const message = open(worker.keyRing, tenantId, webhookPlace(id), webhook.body)
    if (account.kind === 'WECOM') await processWecom(worker, openAccount<'WECOM'>(worker.keyRing, account), webhook, message)
    else await processYouzan(worker, webhook, message)
  } catch (error) {
    await note(worker, webhook, error as Error)
  }
}

/** Sets a push aside when trying again cannot help; it stays stored and can be looked at. */
async function note({ db, bus }: Worker, { tenantId, id, attempts }: Webhook, error: Error): Promise<void> {
  const isFinal = (error instanceof AppError && !isTransient(error) && error.code !== 'INTERNAL') || attempts >= MAX_ATTEMPTS
  bus.log.warn({ err: error, webhook: id, attempts, isFinal }, 'push not processed')
  const problem = error instanceof AppError ? `${error.code}: ${error.message}` : error.name
  await withTenant(db, tenantId, (tx) =>
    tx
      .update(webhooks)
      .set({ problem, ...(isFinal ? { processedAt: sql`now()` } : {}) })
      .where(and(eq(webhooks.tenantId, tenantId), eq(webhooks.id, id))),
  )
}
