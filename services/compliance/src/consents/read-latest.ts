import type { Tx } from '@renmai/platform/db/db'
import { all, readRow } from '@renmai/platform/db/rows'
import { subjectOf } from './consent.rules.ts'
import { type Consent, consents } from './consent.table.ts'

/**
 * Reads the facts that count: the last one of each subject, purpose and channel, however many came before it.
 * @param subjectIds profiles and identifiers
 * @returns them by their subject
 */
export async function readLatest(tx: Tx, subjectIds: readonly string[]): Promise<Map<string, Consent[]>> {
  const { rows } = await tx.client.query(
    `SELECT DISTINCT ON (coalesce(identifier_id, profile_id), purpose, channel) ${all(consents)} FROM consents
     WHERE tenant_id = $1 AND coalesce(identifier_id, profile_id) = ANY($2)
     ORDER BY coalesce(identifier_id, profile_id), purpose, channel, at DESC, status = 'WITHDRAWN' DESC, seq DESC`,
    [tx.tenantId, [...subjectIds]],
  )
  return Map.groupBy(
    rows.map((row) => readRow(consents, row)),
    subjectOf,
  )
}
