import { insertRows } from '@renmai/platform/db/rows'
import { ofState, on } from '@renmai/platform/events/inbox'
import { IdentifierObservedSchema } from '@renmai/proto/identity/v1/events'
import { profileIdentifiers } from './profile-identifier.table.ts'

/** Maintains which profiles carry which identifiers. A profile keeps an identifier, so the order of the events does not matter. */
export const mapIdentifiers = ofState(
  on(IdentifierObservedSchema, 'map-identifiers', (tx, events) => {
    const carried = events.flatMap(({ identifiers }) => identifiers)
    const rows = carried.map(({ profileId, identifierId }) => ({ profileId, identifierId }))
    return insertRows(tx, profileIdentifiers, [...new Map(rows.map((row) => [`${row.profileId}|${row.identifierId}`, row])).values()])
  }),
)
