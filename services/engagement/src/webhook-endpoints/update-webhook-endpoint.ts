import { withTenant } from '@renmai/platform/db/db'
import { changeFailure } from '@renmai/platform/serve/change.failures'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { requireScope } from '@renmai/platform/serve/viewer'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { changeEndpoint, endPending } from './change-endpoint.ts'
import { checkDocument, checkUrl, requireChecked, type Source } from './check-document.ts'
import { Document, SCOPE, Url } from './create-webhook-endpoint.ts'
import { lockEndpoint } from './webhook-endpoint.queries.ts'

const Input = z.object({
  idempotencyKey,
  endpointId: z.uuid(),
  url: Url.nullish(),
  document: Document.nullish(),
  isEnabled: z.boolean().nullish(),
  expectedVersion: z.int().nullish(),
})

/**
 * Changes the URL and the document of an endpoint, and disables or enables it. Events during the time that it is disabled are
 * not delivered later. After the change its document is resolved with the viewer's scopes: otherwise a viewer with fewer
 * scopes could redirect data that only another viewer may read.
 * @throws AppError as createWebhookEndpoint does; NOT_FOUND when the endpoint is not the viewer's own
 */
export async function updateWebhookEndpoint(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  requireScope(ctx.viewer, SCOPE)
  const input = parse(Input, raw)
  const { endpointId, url, document, isEnabled, expectedVersion } = input
  if (!url && !document && typeof isEnabled !== 'boolean')
    throw changeFailure('NOTHING_TO_CHANGE', undefined, { fields: 'url, document, isEnabled' })
  let checked: Partial<Source> | undefined
  const check = async () => {
    if (url) await checkUrl(ctx, url)
    checked = url || document || isEnabled ? await sourceOf(ctx, endpointId, document) : {}
  }
  return mutate(ctx, { name: 'updateWebhookEndpoint', scope: SCOPE, check }, input, async (tx) => {
    const source = requireChecked(checked)
    const { disabledReason, version } = await lockEndpoint(tx, ctx.viewer, endpointId)
    requireVersion(expectedVersion, version)
    if (isEnabled === false) await endPending(tx, endpointId)
    return changeEndpoint(tx, endpointId, {
      version: version + 1,
      ...source,
      ...(url ? { url } : {}),
      ...(isEnabled === false ? { disabledReason: disabledReason ?? 'BY_HAND' } : {}),
      ...(isEnabled ? { disabledReason: null, failingSince: null } : {}),
    })
  })
}

async function sourceOf(ctx: Context, endpointId: string, document: string | null | undefined): Promise<Source> {
  const endpoint = await withTenant(ctx.db, ctx.viewer.tenantId, (tx) => lockEndpoint(tx, ctx.viewer, endpointId))
  return checkDocument(ctx, endpoint.clientId, document ?? endpoint.document)
}
