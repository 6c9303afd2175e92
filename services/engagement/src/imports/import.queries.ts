import { anyOf, before, type Conditions, equals, from, isIdOf, matching } from '@renmai/platform/db/filters'
import type { SQL } from 'drizzle-orm'
import type { OrderImportFilter, RejectedRowFilter } from '../gen/resolvers.ts'
import { importErrors, orderImports } from './import.table.ts'

const IMPORTS: Conditions<OrderImportFilter> = {
  accountId: isIdOf(orderImports.accountId),
  state: equals(orderImports.state),
  states: anyOf(orderImports.state),
  createdFrom: from(orderImports.createdAt),
  createdBefore: before(orderImports.createdAt),
}

/** Condition of the list of imports; a tenant has some thousands at most. */
export const importsBy = (filter: OrderImportFilter | null | undefined): SQL | undefined => matching(IMPORTS, filter)

const REJECTED: Conditions<RejectedRowFilter> = { reason: equals(importErrors.reason), reasons: anyOf(importErrors.reason) }

/** Condition of a list of rejected rows of one import. */
export const rejectedBy = (filter: RejectedRowFilter | null | undefined): SQL | undefined => matching(REJECTED, filter)
