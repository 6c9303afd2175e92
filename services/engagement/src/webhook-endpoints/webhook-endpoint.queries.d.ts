import type { Tx } from '@renmai/platform/db'
import type { Outcome } from '@renmai/platform/mutate'
import type { Viewer } from '@renmai/platform/viewer'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import { type WebhookEndpoint, webhookEndpoints } from './webhook-endpoint.table.ts'
export type ShownEndpoint = Omit<WebhookEndpoint, 'secrets'>
export declare const withoutSecrets: ({ secrets: _secrets, ...endpoint }: WebhookEndpoint) => ShownEndpoint
/** The endpoints that a viewer may see: a client its own, staff all of the tenant. */
export declare const isVisible: ({ kind, id, tenantId }: Viewer) => import('drizzle-orm').SQL<unknown> | undefined
/** @throws AppError NOT_FOUND when there is none, or it is somebody else's */
export declare function lockEndpoint(tx: Tx, viewer: Viewer, endpointId: string): Promise<WebhookEndpoint>
/** Changes an endpoint that is locked. */
export declare function changeEndpoint(
  tx: Tx,
  id: string,
  changes: PgUpdateSetSource<typeof webhookEndpoints>,
): Promise<Outcome<ShownEndpoint>>
/** What waits for an endpoint that is sent nothing any more ends; it can be put into the queue again. */
export declare function endPending(tx: Tx, endpointId: string): Promise<void>
