import type { Tx } from '@renmai/platform/db/db'
import { and, asc, eq } from 'drizzle-orm'
import { MAX_PURPOSES } from './purpose.rules.ts'
import { notices, type PurposeRow, purposes } from './purpose.table.ts'

/** The tenant's purposes, or the one with this key, each with its notice in force. */
export async function readPurposes(tx: Tx, key?: string): Promise<PurposeRow[]> {
  const current = and(
    eq(notices.tenantId, purposes.tenantId),
    eq(notices.purpose, purposes.key),
    eq(notices.version, purposes.noticeVersion),
  )
  const rows = await tx
    .select()
    .from(purposes)
    .innerJoin(notices, current)
    .where(and(eq(purposes.tenantId, tx.tenantId), key === undefined ? undefined : eq(purposes.key, key)))
    .orderBy(asc(purposes.key))
    .limit(MAX_PURPOSES)
  return rows.map((row) => ({ ...row.purposes, noticeHash: row.notices.hash, noticeText: row.notices.text }))
}
