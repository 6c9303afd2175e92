import type { Tx } from '@renmai/platform/db'
import { type ApiClient } from './api-client.table.ts'
/** The tenant's clients that are neither revoked nor expired. */
export declare const isUsable: (tx: Tx) => import('drizzle-orm').SQL<unknown> | undefined
/** @throws AppError NOT_FOUND when there is no such client */
export declare function lockClient(tx: Tx, clientId: string): Promise<ApiClient>
