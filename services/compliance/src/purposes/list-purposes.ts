import { type Conditions, contains, equals, isPresent, matching } from '@renmai/platform/db/filters'
import type { ListArgs, Listed } from '@renmai/platform/db/read-page'
import type { PurposeFilter } from '../gen/resolvers.ts'
import { purposes } from './purpose.table.ts'

const CONDITIONS: Conditions<PurposeFilter> = {
  isArchived: isPresent(purposes.archivedAt),
  key: equals(purposes.key),
  nameContains: contains(purposes.name),
  consentLevel: equals(purposes.consentLevel),
  messageClass: equals(purposes.messageClass),
}

type Args = ListArgs & { filter?: PurposeFilter | null | undefined }

/** The purposes that a filter leaves, by key. A tenant has at most 1,000, so the filter needs no index. */
export const listPurposes = ({ filter }: Args): Listed<typeof purposes> => ({
  table: purposes,
  by: purposes.key,
  orders: { KEY: purposes.key, NAME: purposes.name, CREATED_AT: purposes.createdAt, UPDATED_AT: purposes.updatedAt },
  where: matching(CONDITIONS, filter, { isArchived: false }),
})
