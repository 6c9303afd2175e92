import { timestampDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { type Handler, ofState, on } from '@renmai/platform/events/inbox'
import { type TagAdded, TagAddedSchema, type TagRemoved, TagRemovedSchema } from '@renmai/proto/identity/v1/events'
import { profileNumbersOf, tagNumbersOf } from '../numbers/number.ts'
import { tagFacts } from './fact.table.ts'
import { markSharedDirty, shareMapping } from './fact.ts'

/** Keeps for each tag of a profile whether the profile has it. */
export const keepTags: Handler[] = [
  ofState(on(TagAddedSchema, 'keep-tags', (tx, events) => keepNewest(tx, events, true))),
  ofState(on(TagRemovedSchema, 'drop-tags', (tx, events) => keepNewest(tx, events, false))),
]

/** The later change wins, so that a removal which overtakes its addition still counts. */
async function keepNewest(tx: Tx, events: (TagAdded | TagRemoved)[], isOn: boolean): Promise<void> {
  const newest = new Map(
    events
      .toSorted((a, b) => timestampDate(a.at!).getTime() - timestampDate(b.at!).getTime())
      .map((event) => [`${event.profileId}|${event.tagId}`, event]),
  )
  const [profileIds, tagIds] = [events.map(({ profileId }) => profileId), events.map(({ tagId }) => tagId)]
  await shareMapping(tx)
  const [profileNoOf, tagNoOf] = [await profileNumbersOf(tx, profileIds), await tagNumbersOf(tx, tagIds)]
  const rows = [...newest.values()].map(({ profileId, tagId, at }) => ({
    profileNo: profileNoOf(profileId),
    tagNo: tagNoOf(tagId),
    at: timestampDate(at!),
    isOn,
  }))
  await insertRows(tx, tagFacts, rows, {
    conflict: `ON CONFLICT (tenant_id, profile_no, tag_no) DO UPDATE SET is_on = excluded.is_on, at = excluded.at
      WHERE tag_facts.at < excluded.at OR (tag_facts.at = excluded.at AND tag_facts.is_on AND NOT excluded.is_on)`,
  })
  await markSharedDirty(tx, profileIds)
}
