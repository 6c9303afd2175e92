import type { Tx } from '@renmai/platform/db/db'
import { and, asc, eq } from 'drizzle-orm'
import { MAX_PURPOSES } from './purpose.rules.ts'
import { notices, purposes } from './purpose.table.ts'

/** The tenant's purposes with the current version of their notice, by key. */
export async function readPurposes(tx: Tx) {
  const current = and(
    eq(notices.tenantId, purposes.tenantId),
    eq(notices.purpose, purposes.key),
    eq(notices.version, purposes.noticeVersion),
  )
  const rows = await tx
    .select()
    .from(purposes)
    .innerJoin(notices, current)
    .where(eq(purposes.tenantId, tx.tenantId))
    .orderBy(asc(purposes.key))
    .limit(MAX_PURPOSES)
  return rows.map((row) => ({ ...row.purposes, noticeHash: row.notices.hash, noticeText: row.notices.text }))
}
