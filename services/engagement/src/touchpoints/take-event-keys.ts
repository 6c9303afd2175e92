import { encodeArray } from '@renmai/platform/db/bulk'
import { breaksUnique, type Tx } from '@renmai/platform/db/db'
import type { KeyWeeks } from './key-weeks.rules.ts'

/**
 * Whether some of the events may be stored already. Nearly every batch is new as a whole, and ON CONFLICT costs a fifth of
 * the database's time (it searches for each row first, and locks it). So only batches with a conflict use it.
 */
export type Repeats = 'NONE' | 'SOME'

const SEEN = `SELECT message_id AS "messageId" FROM event_keys
  WHERE tenant_id = $1 AND source_id = $2 AND message_id = ANY($3::text[]) AND week >= $4 AND week < $5`
const INSERT = 'INSERT INTO event_keys (tenant_id, source_id, message_id, week) SELECT $1, $2, m, $4::date FROM unnest($3::text[]) AS m'

/**
 * Stores the keys of the events of a source, which count from the first of the weeks on.
 * @param messageIds all different
 * @returns those that were not stored before
 * @throws the error of isRepeated when one is stored already although `repeats` is NONE
 */
export async function takeEventKeys(
  tx: Tx,
  weeks: KeyWeeks,
  sourceId: string,
  messageIds: readonly string[],
  repeats: Repeats,
): Promise<readonly string[]> {
  const at = (ids: readonly string[], ...more: string[]) => [tx.tenantId, sourceId, encodeArray('text', ids), ...more]
  // Earlier weeks get no new keys, so a query is enough.
  const { rows } = await tx.client.query<{ messageId: string }>({
    name: 'seen-event-keys',
    text: SEEN,
    values: at(messageIds, weeks.since, weeks.own[0]!),
  })
  const seen = new Set(rows.map(({ messageId }) => messageId))
  let fresh = seen.size > 0 ? messageIds.filter((one) => !seen.has(one)) : messageIds
  for (const week of weeks.own) {
    if (fresh.length === 0) return []
    if (repeats === 'NONE' && weeks.own.length === 1) {
      await tx.client.query({ name: 'insert-event-keys', text: INSERT, values: at(fresh, week) })
      continue
    }
    const stored = await tx.client.query<{ messageId: string }>({
      name: 'insert-new-event-keys',
      text: `${INSERT} ON CONFLICT DO NOTHING RETURNING message_id AS "messageId"`,
      values: at(fresh, week),
    })
    fresh = stored.rows.map(({ messageId }) => messageId)
  }
  return fresh
}

/** Whether an event was refused because it is stored already; replicas of the previous release have no keys, but an index. */
export const isRepeated = (error: unknown): boolean => breaksUnique(error, /^(event_keys_.*_pkey|touchpoints_once)$/)
