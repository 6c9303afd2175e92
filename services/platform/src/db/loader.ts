import DataLoader from 'dataloader'
import type { BaseContext } from '../serve/mutate.ts'
import { type Tx, withTenant } from './db.ts'
import { clearsAfterWrites } from './loaded.ts'

/**
 * A loader of one request and so of one tenant: all keys that are requested in one tick become one transaction and one query.
 * @param read returns the values that it found, by key; missing keys load as undefined
 */
export function tenantLoader<V>(
  { db, viewer }: BaseContext,
  read: (tx: Tx, keys: readonly string[]) => Promise<Map<string, V>>,
): DataLoader<string, V | undefined> {
  const loader = new DataLoader<string, V | undefined>(
    async (keys) => {
      const found = await withTenant(db, viewer.tenantId, (tx) => read(tx, keys))
      return keys.map((key) => found.get(key))
    },
    { maxBatchSize: 500 },
  )
  return clearsAfterWrites(viewer, loader)
}
