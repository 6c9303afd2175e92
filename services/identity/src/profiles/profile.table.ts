import { bytes, createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { bigint, foreignKey, index, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { customers } from '../customers/customer.table.ts'

/** One source's record of one person. Only its customer changes, by merge and unmerge. */
export const profiles = pgTable(
  'profiles',
  {
    tenantId: tenantId(),
    id: id(),
    source: text().notNull(),
    externalId: text().notNull(),
    customerId: uuid('customer_id').notNull(),
    /** Counts the changes of customerId; readers of ProfileLinked keep the highest. */
    version: bigint({ mode: 'number' }).notNull().default(1),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('profiles_external').on(t.tenantId, t.source, t.externalId),
    index('profiles_customer').on(t.tenantId, t.customerId),
    foreignKey({
      name: 'profiles_customer_exists',
      columns: [t.tenantId, t.customerId],
      foreignColumns: [customers.tenantId, customers.id],
    }),
  ],
)

export type Profile = typeof profiles.$inferSelect

/** Identifiers of profiles. The value itself is stored as a blind index. */
export const identifiers = pgTable(
  'identifiers',
  {
    tenantId: tenantId(),
    namespace: text().notNull(),
    valueIndex: bytes('value_index').notNull(),
    profileId: uuid('profile_id').notNull(),
    verifiedAt: moment('verified_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.namespace, t.valueIndex, t.profileId] }),
    index('identifiers_profile').on(t.tenantId, t.profileId),
    foreignKey({
      name: 'identifiers_profile_exists',
      columns: [t.tenantId, t.profileId],
      foreignColumns: [profiles.tenantId, profiles.id],
    }),
  ],
)
