import { type KeyRing, open, seal } from '@renmai/platform/crypto'
import type { Tx } from '@renmai/platform/db'
import { AppError } from '@renmai/platform/errors'
import { and, eq } from 'drizzle-orm'
import { type ChannelAccount, channelAccounts } from './channel-account.table.ts'

/** Credentials by kind, as they are sealed. */
export type Credentials = {
  WECOM: { corpId: string; agentId: number; secret: string; token: string; encodingAesKey: string }
  YOUZAN: { kdtId: string; clientId: string; clientSecret: string }
  SMTP: { host: string; port: number; user?: string | undefined; password?: string | undefined; from: string }
  EVENT_API: { secret: string; channel: string }
}

/** An account with its credentials opened. */
export type OpenAccount<K extends keyof Credentials> = { id: string; tenantId: string; externalId: string; credentials: Credentials[K] }

const placeOf = (accountId: string) => `channel_accounts.credentials|${accountId}`

export function sealCredentials(ring: KeyRing, tenantId: string, accountId: string, credentials: Credentials[keyof Credentials]): Buffer {
  return seal(ring, tenantId, placeOf(accountId), JSON.stringify(credentials))
}

export function openAccount<K extends keyof Credentials>(ring: KeyRing, account: ChannelAccount): OpenAccount<K> {
  const { id, tenantId, externalId } = account
  return { id, tenantId, externalId, credentials: JSON.parse(open(ring, tenantId, placeOf(id), account.credentials)) as Credentials[K] }
}

/** @throws AppError NOT_FOUND when the tenant has no such account of this kind */
export async function readAccount<K extends keyof Credentials>(tx: Tx, ring: KeyRing, accountId: string, kind: K): Promise<OpenAccount<K>> {
  const mine = and(eq(channelAccounts.tenantId, tx.tenantId), eq(channelAccounts.id, accountId), eq(channelAccounts.kind, kind))
  const [account] = await tx.select().from(channelAccounts).where(mine)
  if (!account) throw new AppError('NOT_FOUND', `No such ${kind} account`)
  return openAccount(ring, account)
}

/** The tenant's first account of a kind: the one that messages go out by. */
export async function readSender<K extends keyof Credentials>(tx: Tx, ring: KeyRing, kind: K): Promise<OpenAccount<K> | undefined> {
  const [account] = await tx
    .select()
    .from(channelAccounts)
    .where(and(eq(channelAccounts.tenantId, tx.tenantId), eq(channelAccounts.kind, kind)))
    .orderBy(channelAccounts.id)
    .limit(1)
  return account && openAccount(ring, account)
}
