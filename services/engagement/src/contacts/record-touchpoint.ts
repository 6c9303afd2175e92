import type { Tx } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import type { Account } from '../connectors/connector.ts'
import { touchpoints } from '../touchpoints/touchpoint.table.ts'
import { type KeyWeeks, takeEventKeys, tellTouchpoints } from '../touchpoints/touchpoint.ts'

/** The account that an event came by, its time, its profile, and the weeks of its key. */
export type ContactSource = {
  account: Pick<Account, 'id' | 'kind'>
  profileId: string
  identityKey: Buffer
  receivedAt: Date
  weeks: KeyWeeks
}

type Made = { type: string; channel: string; at: Date; referenceId: string | null; messageId: string }

/** @returns false when the touchpoint was stored before */
export async function recordTouchpoint(tx: Tx, { account, profileId, identityKey, weeks }: ContactSource, made: Made): Promise<boolean> {
  const { type, channel, at: occurredAt, referenceId, messageId } = made
  const touchpoint = { id: newId(), profileId, type, channel, occurredAt, referenceId, details: null }
  const fresh = await takeEventKeys(tx, weeks, account.id, [messageId], 'SOME')
  if (fresh.length === 0) return false
  const stored = await tx
    .insert(touchpoints)
    .values({ ...touchpoint, tenantId: tx.tenantId, sourceId: account.id, messageId, identityKey })
    .onConflictDoNothing()
    .returning()
  if (stored.length > 0) await tellTouchpoints(tx, [touchpoint])
  return stored.length > 0
}
