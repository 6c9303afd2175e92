import { pagesOf } from '@renmai/platform/db/read-page'
import { rowsById, through } from '@renmai/platform/db/rows-by-id'
import type { CustomerMessagesArgs } from '../gen/resolvers.ts'
import type { Listing } from '../listing.ts'
import { ofCustomer } from '../profiles/profile-customer.table.ts'
import { listMessages } from './message.queries.ts'
import { messages } from './message.table.ts'

export const messageLoaders = (ctx: Listing) => ({
  message: rowsById(ctx, messages),
  messagesOf: pagesOf(ctx, through(messages.profileId, ofCustomer), (args: Partial<CustomerMessagesArgs>) => listMessages(args)),
})
