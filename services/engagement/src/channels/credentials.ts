import type { Tx } from '@renmai/platform/db/db'
import { type KeyRing, open, seal } from '@renmai/platform/secrets/crypto'
import { and, eq } from 'drizzle-orm'
import type { Account } from '../connectors/connector.ts'
import type { CredentialsOf } from '../connectors/connectors.ts'
import type { ChannelKind } from '../gen/resolvers.ts'
import { type Closed, closedBy, requireOpen } from './account.rules.ts'
import { channelAccountFailure } from './channel-account.failures.ts'
import { type ChannelAccount, channelAccounts } from './channel-account.table.ts'

/** An account of a kind with its credentials opened. */
export type OpenAccount<K extends ChannelKind = ChannelKind> = Account<CredentialsOf<K>> & {
  /** The credentials before a rotation that is not finished. */
  previous?: CredentialsOf<K> | undefined
  /** Why the account is out of use. */
  closed?: Closed
  /** Whether its platform refused its last call. */
  isRefused?: boolean
}

/** Columns with credentials; each is sealed to its place. */
type Column = 'credentials' | 'previous_credentials'
const placeOf = (accountId: string, column: Column) => `channel_accounts.${column}|${accountId}`

export function sealCredentials(
  ring: KeyRing,
  tenantId: string,
  accountId: string,
  credentials: object,
  column: Column = 'credentials',
): Buffer {
  return seal(ring, tenantId, placeOf(accountId, column), JSON.stringify(credentials))
}

export function openAccount<K extends ChannelKind>(ring: KeyRing, account: ChannelAccount): OpenAccount<K> {
  const { id, tenantId, kind, externalId, credentials, previousCredentials } = account
  const read = (sealed: Buffer, column: Column) => JSON.parse(open(ring, tenantId, placeOf(id, column), sealed)) as CredentialsOf<K>
  return {
    id,
    tenantId,
    kind,
    externalId,
    credentials: read(credentials, 'credentials'),
    previous: previousCredentials ? read(previousCredentials, 'previous_credentials') : undefined,
    closed: closedBy(account),
    isRefused: account.refusedAt !== null,
  }
}

/** @throws AppError NOT_FOUND when the tenant has no such account, or its kind differs from the wanted one */
export async function readAccount<K extends ChannelKind>(tx: Tx, ring: KeyRing, accountId: string, kind?: K): Promise<OpenAccount<K>> {
  const isWanted = kind && eq(channelAccounts.kind, kind)
  const mine = and(eq(channelAccounts.tenantId, tx.tenantId), eq(channelAccounts.id, accountId), isWanted)
  const [account] = await tx.select().from(channelAccounts).where(mine)
  if (!account) throw channelAccountFailure('CHANNEL_ACCOUNT_NOT_FOUND', 'accountId')
  return openAccount(ring, account)
}

/**
 * Reads an account to call its platform.
 * @throws AppError NOT_FOUND as readAccount does; UNAVAILABLE while the account is disabled, so that its work waits
 */
export async function readOpenAccount(tx: Tx, ring: KeyRing, accountId: string): Promise<OpenAccount> {
  const account = await readAccount(tx, ring, accountId)
  requireOpen(account)
  return account
}
