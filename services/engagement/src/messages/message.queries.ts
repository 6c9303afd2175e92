import { anyOf, before, type Conditions, equals, from, isIdOf, matching } from '@renmai/platform/db/filters'
import type { Listed } from '@renmai/platform/db/read-page'
import type { MessageFilter } from '../gen/resolvers.ts'
import { isOfCustomer } from '../profiles/profile.ts'
import { messages } from './message.table.ts'

const CONDITIONS: Conditions<MessageFilter> = {
  channel: equals(messages.channel),
  state: equals(messages.state),
  states: anyOf(messages.state),
  journeyId: isIdOf(messages.journeyId),
  customerId: isOfCustomer(messages.profileId),
  profileId: isIdOf(messages.profileId),
  createdFrom: from(messages.createdAt),
  createdBefore: before(messages.createdAt),
}

/** The list of messages, newest first. */
export const listMessages = ({ filter }: { filter?: MessageFilter | null | undefined }): Listed<typeof messages> => ({
  table: messages,
  by: messages.id,
  order: 'desc',
  orders: { CREATED_AT: messages.createdAt },
  where: matching(CONDITIONS, filter),
})
