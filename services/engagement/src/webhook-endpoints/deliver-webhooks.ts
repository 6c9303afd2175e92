import { ask } from '@renmai/platform/events/ask'
import { type AppError, isTransient } from '@renmai/platform/serve/errors'
import { queue } from '@renmai/platform/work/queue'
import { GatewayService } from '@renmai/proto/gateway/v1/gateway_service'
import type { Deps } from '../context.ts'
import { claimDeliveries, type Due, postpone, skip } from './claim-deliveries.ts'
import { disable, recordDelivery } from './record-delivery.ts'
import { goodSecrets } from './secrets.ts'

/** Concurrent deliveries: in all, and of one tenant. An endpoint that hangs uses one for 15 seconds. */
const [IN_ALL, PER_TENANT] = [128, 24]

/**
 * Sends the waiting deliveries of webhook endpoints. The gateway resolves each delivery with its client's rights at the time
 * of sending, so that no personal data is kept here. A worker that dies may have sent a delivery, which is then sent again
 * with the same id.
 */
export const deliverWebhooks = queue('webhook_deliveries', (deps: Deps) => {
  const underWay = new Map<Promise<void>, Due>()
  let wake = () => undefined as void
  const start = (due: Due) => {
    const delivering = deliver(deps, due)
      .catch((error) => breakOff(deps, due, error))
      .finally(() => {
        underWay.delete(delivering)
        wake()
      })
    underWay.set(delivering, due)
  }
  const roomOf = (tenantId: string) => {
    const own = [...underWay.values()].filter(({ endpoint }) => endpoint.tenantId === tenantId).length
    return Math.min(IN_ALL - underWay.size, PER_TENANT - own)
  }
  return {
    name: 'deliver-webhooks',
    due: [{ waiting: "state = 'PENDING'", at: 'next_at' }],
    hasRoom: (tenantId) => roomOf(tenantId) > 0,
    onStart: (look) => (wake = look),
    onStop: async () => void (await Promise.all(underWay.keys())),
    work: async (tenantId) => {
      const busy = [...underWay.values()].map((due) => due.endpoint.id)
      const due = await claimDeliveries(deps.db, tenantId, busy, roomOf(tenantId))
      due.forEach(start)
      return due.length
    },
  }
})

/** A transient failure is retried when the lease ends. A fault of Renmai counts: otherwise it would be retried permanently. */
async function breakOff(deps: Deps, due: Due, error: unknown): Promise<void> {
  deps.bus.log.error({ err: error, delivery: due.id }, 'a delivery was broken off; it is tried again')
  if (isTransient(error)) return
  const failed = { sent: { status: null, problem: 'INTERNAL' as const }, durationMs: 0 }
  await recordDelivery(deps, due, failed).catch((err) => deps.bus.log.error({ err, delivery: due.id }, 'a delivery cannot be recorded'))
}

async function deliver(deps: Deps, due: Due): Promise<void> {
  const body = await bodyOf(deps, due).catch((error: AppError) => ({ error }))
  if (body === undefined) return skip(deps.db, due)
  if (typeof body === 'string') return send(deps, due, body)
  const { error } = body
  if (isTransient(error)) return postpone(deps.db, due)
  if (error.code === 'FORBIDDEN') return disable(deps.db, due, 'CLIENT_REVOKED', deps.now())
  if (error.code !== 'INVALID') throw error
  // The schema or the client has changed since the document was checked; it may change again.
  return recordDelivery(deps, due, { sent: { status: null, problem: 'DOCUMENT_INVALID' }, durationMs: 0 })
}

/** @returns the body; undefined when there is nothing to send to this client */
async function bodyOf({ bus }: Deps, { endpoint, event, isTest, createdAt }: Due): Promise<string | undefined> {
  const timestamp = createdAt.toISOString()
  if (isTest) return JSON.stringify({ type: 'test', timestamp, data: null })
  const { tenantId, clientId, document, field, scopes } = endpoint
  const { result } = await ask(bus, GatewayService.method.tellEvent, {
    tenantId,
    clientId,
    document,
    event: JSON.stringify(event),
    scopes,
  })
  return result ? JSON.stringify({ type: field, timestamp, ...(JSON.parse(result) as object) }) : undefined
}

async function send(deps: Deps, due: Due, body: string): Promise<void> {
  const began = performance.now()
  const now = deps.now()
  const secrets = goodSecrets(deps.keyRing, due.endpoint, now)
  const sent = await deps.post({ id: due.id, url: due.endpoint.url, secrets, body }, now)
  await recordDelivery(deps, due, { sent, durationMs: Math.round(performance.now() - began) })
}
