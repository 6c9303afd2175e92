import type { Tx } from '@renmai/platform/db'
import type { OpenAccount } from '../channels/credentials.ts'
import type { Worker } from '../context.ts'
import type { WecomEvent } from '../wecom/wecom-event.rules.ts'

type Account = OpenAccount<'WECOM'>
type Source = {
  account: Account
  profileId: string
  identityKey: Buffer
  receivedAt: Date
}
/** What the text of a message is bound to, so that it opens nowhere else. */
export declare const inboundPlace: (id: string) => string
export declare const welcomePlace: (id: string) => string
/** A customer and a member of staff became contacts: the pair, where it came from, its touchpoint and its welcome. */
export declare function recordAdded(
  tx: Tx,
  { keyRing }: Worker,
  event: Extract<
    WecomEvent,
    {
      kind: 'ADDED'
    }
  >,
  source: Source,
): Promise<void>
export declare function recordLost(
  tx: Tx,
  event: Extract<
    WecomEvent,
    {
      kind: 'LOST'
    }
  >,
  { account, profileId }: Source,
): Promise<void>
/** What a customer wrote: sealed here, told to others as a fact without its text. */
export declare function recordMessage(
  tx: Tx,
  { keyRing }: Worker,
  event: Extract<
    WecomEvent,
    {
      kind: 'MESSAGE'
    }
  >,
  { account, profileId }: Source,
): Promise<void>
export {}
