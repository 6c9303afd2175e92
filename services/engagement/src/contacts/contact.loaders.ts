import { rowsOf, through } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { desc } from 'drizzle-orm'
import { ofCustomer } from '../profiles/profile-customer.table.ts'
import { contacts } from './contact.table.ts'

const MAX_CONTACTS = 100

export const contactLoaders = (ctx: BaseContext) => ({
  contacts: rowsOf(ctx, {
    table: contacts,
    of: through(contacts.profileId, ofCustomer),
    order: desc(contacts.addedAt),
    perParent: MAX_CONTACTS,
  }),
})
