import type { Tx } from '@renmai/platform/db/db'
import { ask } from '@renmai/platform/events/ask'
import { AppError } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireScope } from '@renmai/platform/serve/viewer'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { count, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { checkDocument, checkUrl, requireChecked, type Source } from './check-document.ts'
import { MAX_ENDPOINTS } from './queue-deliveries.ts'
import { createSecret, Secret, sealSecrets } from './secrets.ts'
import { webhookEndpointFailure } from './webhook-endpoint.failures.ts'
import { webhookEndpoints } from './webhook-endpoint.table.ts'

export const Url = z.string().min(1).max(2_048)
export const Document = z.string().min(1).max(8_192)

const Input = z.object({ idempotencyKey, clientId: z.uuid().nullish(), url: Url, document: Document, secret: Secret.nullish() })

export const SCOPE = 'webhooks:write'
const PER_CLIENT = 20

/** The secret is in the first answer only. */
export type CreatedEndpoint = { id: string; secret?: string }

/**
 * Creates an endpoint of a client with its signing secret, which is in this answer only: a repeat returns no secret.
 * @throws AppError INVALID for a URL or a document that cannot be used, FORBIDDEN for fields that the client may not read,
 *   NOT_FOUND for a client that does not exist
 */
export async function createWebhookEndpoint(ctx: Context, raw: z.input<typeof Input>): Promise<CreatedEndpoint> {
  requireScope(ctx.viewer, SCOPE)
  const input = parse(Input, raw)
  const { url, document } = input
  let checked: { clientId: string; source: Source } | undefined
  const check = async () => {
    const clientId = await clientOf(ctx, input.clientId)
    const [source] = await Promise.all([checkDocument(ctx, clientId, document), checkUrl(ctx, url)])
    checked = { clientId, source }
  }
  return mutate(ctx, { name: 'createWebhookEndpoint', scope: SCOPE, check }, input, async (tx) => {
    const { clientId, source } = requireChecked(checked)
    await requireRoom(tx, clientId)
    const [id, secret] = [newId(), input.secret ?? createSecret()]
    const secrets = sealSecrets(ctx.keyRing, tx.tenantId, id, { current: secret })
    const row = { tenantId: tx.tenantId, id, clientId, url, ...source, secrets }
    await tx.insert(webhookEndpoints).values(row)
    return { decided: { id }, once: { secret }, targetId: id }
  })
}

/** A client acts for itself; staff name the client. */
async function clientOf({ bus, viewer }: Context, clientId: string | null | undefined): Promise<string> {
  const { kind, id, tenantId } = viewer
  if (kind === 'CLIENT') {
    if (clientId && clientId !== id) throw new AppError('FORBIDDEN', 'An API client can have endpoints of its own only')
    return id
  }
  if (!clientId) throw webhookEndpointFailure('API_CLIENT_MISSING', 'clientId')
  const { isKnown } = await ask(bus, IdentityService.method.authorizeViewer, { tenantId, kind: 'CLIENT', viewerId: clientId })
  if (!isKnown) throw webhookEndpointFailure('API_CLIENT_NOT_FOUND', 'clientId')
  return clientId
}

async function requireRoom(tx: Tx, clientId: string): Promise<void> {
  // Without the lock each of several concurrent requests would find the last place free.
  await tx.client.query("SELECT pg_advisory_xact_lock(hashtextextended('webhook_endpoints' || $1, 0))", [tx.tenantId])
  const [found] = await tx
    .select({ all: count(), own: sql<number>`count(*) FILTER (WHERE ${webhookEndpoints.clientId} = ${clientId})`.mapWith(Number) })
    .from(webhookEndpoints)
    .where(eq(webhookEndpoints.tenantId, tx.tenantId))
  if (found!.all >= MAX_ENDPOINTS) throw webhookEndpointFailure('TOO_MANY_WEBHOOK_ENDPOINTS', undefined, { most: MAX_ENDPOINTS })
  if (found!.own >= PER_CLIENT) throw webhookEndpointFailure('TOO_MANY_WEBHOOK_ENDPOINTS_OF_CLIENT', undefined, { most: PER_CLIENT })
}
