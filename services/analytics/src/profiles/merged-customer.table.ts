import { id, tenantId } from '@renmai/platform/db/columns'
import { bigint, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'

/** Customers that identity merged into others at some time; a caller may still have their ids. */
export const mergedCustomers = pgTable(
  'merged_customers',
  {
    tenantId: tenantId(),
    id: id(),
    /** Null after the merge was undone. */
    mergedInto: uuid('merged_into'),
    version: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] })],
)

/** From the id of a customer to the customer that it is part of now. */
export const merged = { table: mergedCustomers, from: mergedCustomers.id, to: mergedCustomers.mergedInto }
