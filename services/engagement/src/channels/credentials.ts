import type { Tx } from '@renmai/platform/db/db'
import { type KeyRing, open, seal } from '@renmai/platform/secrets/crypto'
import { AppError } from '@renmai/platform/serve/errors'
import { and, eq } from 'drizzle-orm'
import type { Account } from '../connectors/connector.ts'
import type { CredentialsOf } from '../connectors/connectors.ts'
import type { ChannelKind } from '../gen/resolvers.ts'
import { type ChannelAccount, channelAccounts } from './channel-account.table.ts'

/** An account of a kind with its credentials opened. */
export type OpenAccount<K extends ChannelKind = ChannelKind> = Account<CredentialsOf<K>>

const placeOf = (accountId: string) => `channel_accounts.credentials|${accountId}`

export function sealCredentials(ring: KeyRing, tenantId: string, accountId: string, credentials: object): Buffer {
  return seal(ring, tenantId, placeOf(accountId), JSON.stringify(credentials))
}

export function openAccount<K extends ChannelKind>(ring: KeyRing, account: ChannelAccount): OpenAccount<K> {
  const { id, tenantId, kind, externalId } = account
  return { id, tenantId, kind, externalId, credentials: JSON.parse(open(ring, tenantId, placeOf(id), account.credentials)) }
}

/** @throws AppError NOT_FOUND when the tenant has no such account, or its kind differs from the wanted one */
export async function readAccount<K extends ChannelKind>(tx: Tx, ring: KeyRing, accountId: string, kind?: K): Promise<OpenAccount<K>> {
  const isWanted = kind && eq(channelAccounts.kind, kind)
  const mine = and(eq(channelAccounts.tenantId, tx.tenantId), eq(channelAccounts.id, accountId), isWanted)
  const [account] = await tx.select().from(channelAccounts).where(mine)
  if (!account) throw new AppError('NOT_FOUND', `No such ${kind ?? 'channel'} account`)
  return openAccount(ring, account)
}

/** The tenant's first account of a kind: the account that sends messages. */
export async function readSender(tx: Tx, ring: KeyRing, kind: ChannelKind): Promise<OpenAccount | undefined> {
  const [account] = await tx
    .select()
    .from(channelAccounts)
    .where(and(eq(channelAccounts.tenantId, tx.tenantId), eq(channelAccounts.kind, kind)))
    .orderBy(channelAccounts.id)
    .limit(1)
  return account && openAccount(ring, account)
}
