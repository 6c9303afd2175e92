import { timestampDate } from '@bufbuild/protobuf/wkt'
import { insertRows } from '@renmai/platform/db/rows'
import { ofState, on } from '@renmai/platform/events/inbox'
import { CustomerChangedSchema } from '@renmai/proto/identity/v1/events'
import { attributeFacts } from './fact.table.ts'
import { markProfilesDirty } from './fact.ts'

type Row = { profileId: string; key: string; value: string; observedAt: Date; version: number; isRemoved: boolean }

/**
 * The greater version wins, then the later observation. Of two at the same moment the greater text wins, in whatever order they
 * arrive.
 */
function isNewer(a: Row, b: Row): boolean {
  const difference = a.version - b.version || a.observedAt.getTime() - b.observedAt.getTime()
  return difference > 0 || (difference === 0 && a.value > b.value)
}

/** Keeps the newest value of each attribute per profile, or that it has none any more. */
export const keepAttributes = ofState(
  on(CustomerChangedSchema, 'keep-attributes', async (tx, events) => {
    const newest = new Map<string, Row>()
    for (const { profileId, attributes } of events) {
      for (const { key, value, observedAt, isRemoved, version } of attributes) {
        const row = { profileId, key, value, observedAt: timestampDate(observedAt!), version: Number(version), isRemoved }
        const other = newest.get(`${profileId}|${key}`)
        if (!other || isNewer(row, other)) newest.set(`${profileId}|${key}`, row)
      }
    }
    await insertRows(tx, attributeFacts, [...newest.values()], {
      conflict: `ON CONFLICT (tenant_id, profile_id, key) DO UPDATE
      SET value = excluded.value, observed_at = excluded.observed_at, version = excluded.version, is_removed = excluded.is_removed
      WHERE (attribute_facts.version, attribute_facts.observed_at, attribute_facts.value) < (excluded.version, excluded.observed_at, excluded.value)`,
    })
    await markProfilesDirty(
      tx,
      [...newest.values()].map((row) => row.profileId),
    )
  }),
)
