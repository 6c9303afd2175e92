import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { endPending } from './change-endpoint.ts'
import { SCOPE } from './create-webhook-endpoint.ts'
import { lockEndpoint } from './webhook-endpoint.queries.ts'
import { webhookEndpoints } from './webhook-endpoint.table.ts'

const Input = z.object({ idempotencyKey, endpointId: z.uuid(), expectedVersion: z.int().nullish() })

/** Deletes an endpoint. Its log cannot be read any more and is deleted after 30 days. */
export async function deleteWebhookEndpoint(ctx: Context, raw: z.input<typeof Input>): Promise<{ deletedEndpointId: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'deleteWebhookEndpoint', scope: SCOPE }, input, async (tx) => {
    const { id, version } = await lockEndpoint(tx, ctx.viewer, input.endpointId)
    requireVersion(input.expectedVersion, version)
    await endPending(tx, id)
    await tx.delete(webhookEndpoints).where(and(eq(webhookEndpoints.tenantId, tx.tenantId), eq(webhookEndpoints.id, id)))
    return { decided: { deletedEndpointId: id }, targetId: id }
  })
}
