import { pagesOf } from '@renmai/platform/db/read-page'
import { rowsById, through } from '@renmai/platform/db/rows-by-id'
import { sql } from 'drizzle-orm'
import type { ContactEventsArgs, CustomerContactsArgs } from '../gen/resolvers.ts'
import type { Listing } from '../listing.ts'
import { ofCustomer } from '../profiles/profile-customer.table.ts'
import { listContactEvents, listContacts } from './contact.queries.ts'
import { contactEvents, contacts, inboundMessages } from './contact.table.ts'

export const contactLoaders = (ctx: Listing) => ({
  contact: rowsById(ctx, contacts),
  contactsOf: pagesOf(ctx, through(contacts.profileId, ofCustomer), (args: Partial<CustomerContactsArgs>) => listContacts(args)),
  contactEvent: rowsById(ctx, contactEvents),
  contactEventsOf: pagesOf(
    ctx,
    (contactId) => sql`${contactEvents.contactId} = ${contactId}`,
    (args: Partial<ContactEventsArgs>) => listContactEvents(args),
  ),
  receivedMessage: rowsById(ctx, inboundMessages),
})
