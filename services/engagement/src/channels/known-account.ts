import { type Db, withTenant } from '@renmai/platform/db/db'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import { AppError } from '@renmai/platform/serve/errors'
import type { Viewer } from '@renmai/platform/serve/viewer'
import { LRUCache } from 'lru-cache'
import { connectors } from '../connectors/connectors.ts'
import type { ChannelKind } from '../gen/resolvers.ts'
import { channelAccountFailure } from './channel-account.failures.ts'
import { type OpenAccount, readAccount } from './credentials.ts'

type Asked = { tenantId: string; accountId: string; kind: ChannelKind }

/**
 * Reading and opening the account took as long as storing fifty events, for every request of a source. After this time every
 * process uses a secret that was changed, and refuses callers of an account that was disabled.
 */
const TTL_MS = 5_000

export const createKnownAccounts = (db: Db, keyRing: KeyRing) =>
  new LRUCache<string, OpenAccount, Asked>({
    max: 1_000,
    ttl: TTL_MS,
    fetchMethod: (_key, _stale, { context: { tenantId, accountId, kind } }) =>
      withTenant(db, tenantId, async (tx) => {
        const account = await readAccount(tx, keyRing, accountId, kind)
        if (account.closed === 'ARCHIVED') throw channelAccountFailure('CHANNEL_ACCOUNT_NOT_FOUND')
        return account
      }),
  })
export type KnownAccounts = ReturnType<typeof createKnownAccounts>

/**
 * The account that an outside caller names. It is cached, so that a signature is checked before any other work.
 * @throws AppError NOT_FOUND when the tenant has no such account of this kind, or it is archived
 */
export async function knownAccount<K extends ChannelKind>(
  { accounts }: { accounts: KnownAccounts },
  tenantId: string,
  accountId: string,
  kind: K,
): Promise<OpenAccount<K>> {
  return (await accounts.forceFetch(keyOf(tenantId, accountId, kind), { context: { tenantId, accountId, kind } })) as OpenAccount<K>
}

const keyOf = (tenantId: string, accountId: string, kind: ChannelKind) => `${tenantId}|${accountId}|${kind}`

/** Reads an account again that this process knows, after a change. */
export async function refreshKnown(
  { accounts, viewer: { tenantId } }: { accounts: KnownAccounts; viewer: Viewer },
  accountId: string,
): Promise<void> {
  for (const kind of Object.keys(connectors) as ChannelKind[]) {
    const key = keyOf(tenantId, accountId, kind)
    // A failure, also that the account is archived now, drops it from the cache.
    if (accounts.has(key)) await accounts.fetch(key, { context: { tenantId, accountId, kind }, forceRefresh: true }).catch(() => undefined)
  }
}

/**
 * Verifies what an outside caller signed, with the account's secret, and with the previous one while a rotation is not finished.
 * @throws AppError UNAUTHENTICATED when neither fits
 */
export function withEitherSecret<A extends OpenAccount, T>(account: A, verify: (account: A) => T): T {
  const { previous } = account
  try {
    return verify(account)
  } catch (error) {
    if (previous === undefined || !(error instanceof AppError && error.code === 'UNAUTHENTICATED')) throw error
    return verify({ ...account, credentials: previous })
  }
}
