import { before, type Conditions, equals, from, isPresent, matching } from '@renmai/platform/db/filters'
import type { Listed } from '@renmai/platform/db/read-page'
import type { ContactEventFilter, CustomerContactFilter } from '../gen/resolvers.ts'
import { contactEvents, contacts } from './contact.table.ts'

const CONDITIONS: Conditions<CustomerContactFilter> = {
  isLost: isPresent(contacts.lostAt),
  lostBy: equals(contacts.lostBy),
  addedFrom: from(contacts.addedAt),
  addedBefore: before(contacts.addedAt),
}

/** The list of contacts, newest first. */
export const listContacts = ({ filter }: { filter?: CustomerContactFilter | null | undefined }): Listed<typeof contacts> => ({
  table: contacts,
  by: contacts.id,
  order: 'desc',
  orders: { ADDED_AT: contacts.addedAt },
  where: matching(CONDITIONS, filter),
})

const OF_EVENTS: Conditions<ContactEventFilter> = {
  kind: equals(contactEvents.kind),
  atFrom: from(contactEvents.at),
  atBefore: before(contactEvents.at),
}

/** The list of events of contacts. */
export const listContactEvents = ({ filter }: { filter?: ContactEventFilter | null | undefined }): Listed<typeof contactEvents> => ({
  table: contactEvents,
  by: contactEvents.id,
  order: 'desc',
  orders: { AT: contactEvents.at },
  where: matching(OF_EVENTS, filter),
})
