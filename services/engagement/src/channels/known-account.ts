import { type Db, withTenant } from '@renmai/platform/db/db'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import { LRUCache } from 'lru-cache'
import type { ChannelKind } from '../gen/resolvers.ts'
import { type OpenAccount, readAccount } from './credentials.ts'

type Asked = { tenantId: string; accountId: string; kind: ChannelKind }

/**
 * Reading and opening the account took as long as storing fifty events, for every request of a source. After this time every
 * process uses a secret that was changed.
 */
const TTL_MS = 5_000

export const createKnownAccounts = (db: Db, keyRing: KeyRing) =>
  new LRUCache<string, OpenAccount, Asked>({
    max: 1_000,
    ttl: TTL_MS,
    fetchMethod: (_key, _stale, { context: { tenantId, accountId, kind } }) =>
      withTenant(db, tenantId, (tx) => readAccount(tx, keyRing, accountId, kind)),
  })
export type KnownAccounts = ReturnType<typeof createKnownAccounts>

/**
 * The account that an outside caller names. It is cached, so that a signature is checked before any other work.
 * @throws AppError NOT_FOUND when the tenant has no such account of this kind
 */
export async function knownAccount<K extends ChannelKind>(
  { accounts }: { accounts: KnownAccounts },
  tenantId: string,
  accountId: string,
  kind: K,
): Promise<OpenAccount<K>> {
  const context = { tenantId, accountId, kind }
  return (await accounts.forceFetch(`${tenantId}|${accountId}|${kind}`, { context })) as OpenAccount<K>
}
