import { type KeyRing } from '@renmai/platform/crypto'
import type { Tx } from '@renmai/platform/db'
import { type ChannelAccount } from './channel-account.table.ts'
/** Credentials by kind, as they are sealed. */
export type Credentials = {
  WECOM: {
    corpId: string
    agentId: number
    secret: string
    token: string
    encodingAesKey: string
  }
  YOUZAN: {
    kdtId: string
    clientId: string
    clientSecret: string
  }
  SMTP: {
    host: string
    port: number
    user?: string | undefined
    password?: string | undefined
    from: string
  }
  EVENT_API: {
    secret: string
    channel: string
  }
}
/** An account with its credentials opened. */
export type OpenAccount<K extends keyof Credentials> = {
  id: string
  tenantId: string
  externalId: string
  credentials: Credentials[K]
}
export declare function sealCredentials(
  ring: KeyRing,
  tenantId: string,
  accountId: string,
  credentials: Credentials[keyof Credentials],
): Buffer
export declare function openAccount<K extends keyof Credentials>(ring: KeyRing, account: ChannelAccount): OpenAccount<K>
/** @throws AppError NOT_FOUND when the tenant has no such account of this kind */
export declare function readAccount<K extends keyof Credentials>(tx: Tx, ring: KeyRing, accountId: string, kind: K): Promise<OpenAccount<K>>
/** The tenant's first account of a kind: the one that messages go out by. */
export declare function readSender<K extends keyof Credentials>(tx: Tx, ring: KeyRing, kind: K): Promise<OpenAccount<K> | undefined>
