import type { Tx } from '@renmai/platform/db'
import { and, eq, gt, isNull, or, sql } from 'drizzle-orm'
import { apiClients } from './api-client.table.ts'

/** The tenant's clients that are neither revoked nor expired. */
export const isUsable = (tx: Tx) =>
  and(
    eq(apiClients.tenantId, tx.tenantId),
    isNull(apiClients.revokedAt),
    or(isNull(apiClients.expiresAt), gt(apiClients.expiresAt, sql`now()`)),
  )
