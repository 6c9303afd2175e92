import type { Tx } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import type { Account } from '../connectors/connector.ts'
import { touchpoints } from '../touchpoints/touchpoint.table.ts'
import { tellTouchpoints } from '../touchpoints/touchpoint.ts'

/** The account that an event came by, its time, and its profile. */
export type ContactSource = { account: Pick<Account, 'id' | 'kind'>; profileId: string; identityKey: Buffer; receivedAt: Date }

type Made = { type: string; channel: string; at: Date; referenceId: string | null; messageId: string }

/** @returns false when the touchpoint was stored before */
export async function recordTouchpoint(tx: Tx, { account, profileId, identityKey }: ContactSource, made: Made): Promise<boolean> {
  const { type, channel, at: occurredAt, referenceId, messageId } = made
  const touchpoint = { id: newId(), profileId, type, channel, occurredAt, referenceId, details: null }
  const stored = await tx
    .insert(touchpoints)
    .values({ ...touchpoint, tenantId: tx.tenantId, sourceId: account.id, messageId, identityKey })
    .onConflictDoNothing()
    .returning()
  if (stored.length > 0) await tellTouchpoints(tx, [touchpoint])
  return stored.length > 0
}
