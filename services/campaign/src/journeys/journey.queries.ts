import { type Conditions, contains, equals, isMissing, matching } from '@renmai/platform/db/filters'
import type { ListArgs, Listed } from '@renmai/platform/db/read-page'
import { through } from '@renmai/platform/db/rows-by-id'
import type { JourneyEntryFilter, JourneyFilter } from '../gen/resolvers.ts'
import { ofCustomer } from '../profiles/profile-customer.table.ts'
import { journeyEntries, journeys } from './journey.table.ts'

const JOURNEYS: Conditions<JourneyFilter> = { state: equals(journeys.state), nameContains: contains(journeys.name) }

/** Journeys, newest first, unless the caller chooses another order. */
export const listJourneys = ({ filter }: ListArgs & { filter?: JourneyFilter | null | undefined }): Listed<typeof journeys> => ({
  table: journeys,
  by: journeys.id,
  order: 'desc',
  // Ids follow the time of creation.
  orders: { NAME: journeys.name, CREATED_AT: journeys.id },
  where: matching(JOURNEYS, filter),
})

const ENTRIES: Conditions<JourneyEntryFilter> = { isEnded: isMissing(journeyEntries.dueAt) }

export type EntryArgs = ListArgs & { filter?: JourneyEntryFilter | null | undefined }

/** Entries of journeys. Their ids follow no order of time, so the caller's order is always one of these. */
export const listJourneyEntries = ({ filter }: EntryArgs): Listed<typeof journeyEntries> => ({
  table: journeyEntries,
  by: journeyEntries.id,
  orders: { ENTERED_AT: journeyEntries.enteredAt },
  where: matching(ENTRIES, filter),
})

/** The condition of the entries of a customer, by all profiles. */
export const ofCustomersProfiles = through(journeyEntries.profileId, ofCustomer)
