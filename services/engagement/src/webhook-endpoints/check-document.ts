import { ask } from '@renmai/platform/events/ask'
import { AppError } from '@renmai/platform/serve/errors'
import { GatewayService } from '@renmai/proto/gateway/v1/gateway_service'
import type { Context } from '../context.ts'
import { notUsable } from './endpoint-url.rules.ts'
import { checkTarget } from './post.ts'
import { webhookEndpointFailure } from './webhook-endpoint.failures.ts'
import type { WebhookEndpoint } from './webhook-endpoint.table.ts'
import { WEBHOOK_EVENTS } from './webhook-events.gen.ts'

/** The parts of an endpoint that follow from its document, and the scopes that it is resolved with. */
export type Source = Pick<WebhookEndpoint, 'scopes' | 'document' | 'field' | 'types' | 'value' | 'fields' | 'everyMs'>

/**
 * Checks a URL before anything is sent there, including the address that its name resolves to now.
 * @throws AppError INVALID, the same for every reason
 */
export async function checkUrl({ webEgress }: Context, url: string): Promise<void> {
  try {
    const { host, port } = checkTarget(webEgress, url)
    await webEgress.resolve(host, port)
  } catch {
    throw notUsable()
  }
}

/**
 * Queries the gateway whether a client may read the fields of a document, with no more scopes than the viewer has.
 * @throws AppError INVALID for a document that is no subscription of the client's schema, or one that webhooks do not deliver
 * @throws AppError FORBIDDEN for a document whose fields the client may not read
 */
export async function checkDocument({ bus, viewer }: Context, clientId: string, document: string): Promise<Source> {
  const scopes = [...viewer.scopes]
  const request = { tenantId: viewer.tenantId, clientId, document, scopes }
  const { field, types, value, fields, everyMs } = await ask(bus, GatewayService.method.checkSubscription, request)
  if (!types.every((type) => WEBHOOK_EVENTS.some((schema) => schema.typeName === type)))
    throw webhookEndpointFailure('DOCUMENT_FOR_LIVE_VIEWS_ONLY', 'document', { field })
  return { scopes, document, field, types, value: value || null, fields, everyMs }
}

/**
 * The result of the checks of a call that is no repeat.
 * @throws AppError UNAVAILABLE when the key of a repeat was forgotten between its look-up and the write, which the caller retries
 */
export function requireChecked<T>(checked: T | undefined): T {
  if (checked === undefined) throw new AppError('UNAVAILABLE', 'The idempotencyKey was just forgotten; send the request again')
  return checked
}
