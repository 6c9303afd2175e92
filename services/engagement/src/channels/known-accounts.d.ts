import type { KeyRing } from '@renmai/platform/crypto'
import { type Db } from '@renmai/platform/db'
import { type Credentials, type OpenAccount } from './credentials.ts'
/** The account that events come by. */
export type EventSource = OpenAccount<'EVENT_API'>
type Reader = {
  db: Db
  keyRing: KeyRing
}
/**
 * The account by which somebody outside calls, remembered, so that a signature is checked before any work is done.
 * @throws AppError NOT_FOUND when the tenant has no such account of this kind
 */
export declare function knownAccount<K extends keyof Credentials>(
  reader: Reader,
  tenantId: string,
  accountId: string,
  kind: K,
): Promise<OpenAccount<K>>
export {}
