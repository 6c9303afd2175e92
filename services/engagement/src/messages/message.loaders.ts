import { rowsById, rowsOf, through } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { desc } from 'drizzle-orm'
import { ofCustomer } from '../profiles/profile-customer.table.ts'
import { messages } from './message.table.ts'

const MAX_MESSAGES = 100

export const messageLoaders = (ctx: BaseContext) => ({
  message: rowsById(ctx, messages),
  messages: rowsOf(ctx, {
    table: messages,
    of: through(messages.profileId, ofCustomer),
    order: desc(messages.createdAt),
    perParent: MAX_MESSAGES,
  }),
})
