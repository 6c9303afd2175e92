import type { KeyRing } from '@renmai/platform/crypto'
import { type Db, withTenant } from '@renmai/platform/db'
import { LRUCache } from 'lru-cache'
import { type OpenAccount, readAccount } from '../channels/credentials.ts'

/** The account that events come by. */
export type EventSource = OpenAccount<'EVENT_API'>

type Reader = { db: Db; keyRing: KeyRing }

/**
 * Reading and opening the account took as long as storing fifty events, for every request of a source. A secret that
 * was changed is known after this time everywhere.
 */
const TTL_MS = 5_000

const sources = new LRUCache<string, EventSource, { reader: Reader; tenantId: string; accountId: string }>({
  max: 1_000,
  ttl: TTL_MS,
  fetchMethod: (_key, _stale, { context: { reader, tenantId, accountId } }) =>
    withTenant(reader.db, tenantId, (tx) => readAccount(tx, reader.keyRing, accountId, 'EVENT_API')),
})

/** @throws AppError NOT_FOUND when the tenant has no such source */
export function readEventSource(reader: Reader, tenantId: string, accountId: string): Promise<EventSource> {
  return sources.forceFetch(`${tenantId}|${accountId}`, { context: { reader, tenantId, accountId } })
}
