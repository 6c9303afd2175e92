import type { Tx } from '@renmai/platform/db'
import type { Outcome } from '@renmai/platform/mutate'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import { apiClients } from './api-client.table.ts'
import { type ShownApiClient } from './create-api-client.ts'
/**
 * Changes one client, and tells whoever remembers what it may do.
 * @throws AppError NOT_FOUND when there is no such client
 */
export declare function changeApiClient(
  tx: Tx,
  clientId: string,
  changes: PgUpdateSetSource<typeof apiClients>,
): Promise<Outcome<ShownApiClient>>
