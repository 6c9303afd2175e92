import { type Db, withTenant } from '../db/db.ts'
import { AppError } from '../serve/errors.ts'
import { newId } from '../serve/ids.ts'

/** What is to be published again, and for which consumer. */
export type Wanted = { readonly snapshot: string; readonly consumer: string; readonly tenantId?: string; readonly since?: Date }

/**
 * Starts to publish a snapshot again, for one tenant or for all. Where the same is under way, it goes on instead.
 * @returns the number of tenants for which it was started
 * @throws AppError NOT_FOUND for a tenant that the service does not know
 */
export async function startResend(db: Db, relayDb: Db, { snapshot, consumer, tenantId, since }: Wanted): Promise<number> {
  const { rows } = await relayDb.pool.query<{ tenant_id: string }>(
    'SELECT tenant_id FROM known_tenants WHERE $1::uuid IS NULL OR tenant_id = $1 ORDER BY tenant_id',
    [tenantId ?? null],
  )
  if (tenantId && rows.length === 0) throw new AppError('NOT_FOUND', 'There is no such tenant', { tenantId: 'names no tenant' })
  let started = 0
  for (const row of rows) {
    started += await withTenant(db, row.tenant_id, async (tx) => {
      const { rowCount } = await tx.client.query(
        'INSERT INTO resends (tenant_id, id, snapshot, consumer, since) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING',
        [tx.tenantId, newId(), snapshot, consumer, since ?? null],
      )
      tx.work.add('resends')
      return rowCount ?? 0
    })
  }
  return started
}
