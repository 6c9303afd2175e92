import type { Context } from '../context.ts'
import type { WebhookEndpoint } from './webhook-endpoint.table.ts'
/** What of an endpoint its document says. */
export type Source = Pick<WebhookEndpoint, 'field' | 'types' | 'value' | 'fields' | 'everyMs'>
/**
 * Looks at a URL before anything is sent there: also what its name leads to just now.
 * @throws AppError INVALID, the same for every reason
 */
export declare function checkUrl({ webEgress }: Context, url: string): Promise<void>
/**
 * Asks the gateway whether a client may have what a document tells.
 * @throws AppError INVALID for a document that is no subscription of the client's schema, or one that no webhook tells of
 * @throws AppError FORBIDDEN for one that the client may not have
 */
export declare function checkDocument({ bus, viewer }: Context, clientId: string, document: string): Promise<Source>
