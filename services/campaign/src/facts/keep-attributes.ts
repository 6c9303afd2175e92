import { timestampDate } from '@bufbuild/protobuf/wkt'
import { insertRows } from '@renmai/platform/db/rows'
import { on } from '@renmai/platform/events/inbox'
import { CustomerChangedSchema } from '@renmai/proto/identity/v1/events'
import { attributeFacts } from './fact.table.ts'
import { markProfilesDirty } from './fact.ts'

type Row = { profileId: string; key: string; value: string; observedAt: Date }

/** The later observation wins. Of two at the same moment the greater text wins, in whatever order they arrive. */
const isNewer = (a: Row, b: Row) => a.observedAt > b.observedAt || (a.observedAt.getTime() === b.observedAt.getTime() && a.value > b.value)

/** Keeps the newest value of each attribute per profile. */
export const keepAttributes = on(CustomerChangedSchema, 'keep-attributes', async (tx, events) => {
  const newest = new Map<string, Row>()
  for (const { profileId, attributes } of events) {
    for (const { key, value, observedAt } of attributes) {
      const row = { profileId, key, value, observedAt: timestampDate(observedAt!) }
      const other = newest.get(`${profileId}|${key}`)
      if (!other || isNewer(row, other)) newest.set(`${profileId}|${key}`, row)
    }
  }
  await insertRows(tx, attributeFacts, [...newest.values()], {
    conflict: `ON CONFLICT (tenant_id, profile_id, key) DO UPDATE SET value = excluded.value, observed_at = excluded.observed_at
      WHERE (attribute_facts.observed_at, attribute_facts.value) < (excluded.observed_at, excluded.value)`,
  })
  await markProfilesDirty(
    tx,
    [...newest.values()].map((row) => row.profileId),
  )
})
