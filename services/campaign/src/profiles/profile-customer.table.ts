import { tenantId } from '@renmai/platform/db/columns'
import { bigint, index, integer, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'

/** The customer of each profile, as identity publishes it. Reads by customer go through it. */
export const profileCustomers = pgTable(
  'profile_customers',
  {
    tenantId: tenantId(),
    profileId: uuid('profile_id').notNull(),
    customerId: uuid('customer_id').notNull(),
    version: bigint({ mode: 'number' }).notNull(),
    /** The profile in tables that name it by its number. */
    profileNo: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.profileId] }), index('profile_customers_customer').on(t.tenantId, t.customerId)],
)

/** From a customer to the customer's profiles. */
export const ofCustomer = { table: profileCustomers, from: profileCustomers.customerId, to: profileCustomers.profileId }
