import { AppError } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { changeEndpoint } from './change-endpoint.ts'
import { SCOPE } from './create-webhook-endpoint.ts'
import { webhookEndpointFailure } from './webhook-endpoint.failures.ts'
import { lockEndpoint } from './webhook-endpoint.queries.ts'
import { webhookDeliveries } from './webhook-endpoint.table.ts'

const Input = z.object({ idempotencyKey, endpointId: z.uuid() })

const EVERY_S = 10

/**
 * Sends a test to an endpoint, once; its log shows the result.
 * @throws AppError RATE_LIMITED for another test within ten seconds, so that tests cannot scan the network
 */
export async function testWebhookEndpoint(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'testWebhookEndpoint', scope: SCOPE }, input, async (tx) => {
    const { id, testedAt, disabledReason } = await lockEndpoint(tx, ctx.viewer, input.endpointId)
    if (disabledReason) throw webhookEndpointFailure('WEBHOOK_ENDPOINT_DISABLED')
    const now = ctx.now()
    const waitS = testedAt ? EVERY_S - (now.getTime() - testedAt.getTime()) / 1_000 : 0
    if (waitS > 0) throw new AppError('RATE_LIMITED', `One test in ${EVERY_S} seconds`, undefined, { retryAfterSeconds: Math.ceil(waitS) })
    await changeEndpoint(tx, id, { testedAt: now })
    const row = { tenantId: tx.tenantId, id: newId(), endpointId: id, event: null, isTest: true }
    await tx.insert(webhookDeliveries).values(row)
    tx.work.add('webhook_deliveries')
    return { decided: { id: row.id }, targetId: id }
  })
}
