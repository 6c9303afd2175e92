import { bytes, createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { sql } from 'drizzle-orm'
import { bigint, foreignKey, index, integer, pgTable, primaryKey, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { customers } from '../customers/customer.table.ts'

/** One source's record of one person. Its customer follows from the identity graph. */
export const profiles = pgTable(
  'profiles',
  {
    tenantId: tenantId(),
    id: id(),
    source: text().notNull(),
    externalId: text().notNull(),
    customerId: uuid('customer_id').notNull(),
    /** The customer that the profile is by itself. It never changes. Null in rows of earlier releases: customerId. */
    homeCustomerId: uuid('home_customer_id'),
    /** Keyed hashes of the name and the birthday, to see whether two are known to differ. */
    nameIndex: bytes('name_index'),
    birthdayIndex: bytes('birthday_index'),
    /** Time of the newest observation. Null in rows of earlier releases: createdAt. */
    lastSeenAt: moment('last_seen_at'),
    /** Counts the changes of customerId; readers of ProfileLinked keep the highest. */
    version: bigint({ mode: 'number' }).notNull().default(1),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('profiles_external').on(t.tenantId, t.source, t.externalId),
    uniqueIndex('profiles_home').on(t.tenantId, t.homeCustomerId),
    index('profiles_customer').on(t.tenantId, t.customerId),
    index('profiles_created').on(t.tenantId, t.createdAt, t.id),
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
    /** Id of the namespace and value, by which other services refer to them. Null until the row is published. */
    identifierId: uuid('identifier_id'),
    /** The value, sealed to its profile. Null in rows of earlier releases. */
    sealed: bytes('sealed'),
    verifiedAt: moment('verified_at'),
    /** How much it proves: see identifier.rules.ts. Null in rows of earlier releases. */
    tier: integer().$type<1 | 2 | 3>(),
    /** The statement that named it first: identifiers of one are one piece of evidence. Null in rows of earlier releases. */
    statementId: uuid('statement_id'),
    /** When a source named it last, to the day. Null in rows of earlier releases: createdAt. */
    lastSeenAt: moment('last_seen_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.namespace, t.valueIndex, t.profileId] }),
    index('identifiers_profile').on(t.tenantId, t.profileId),
    index('identifiers_unpublished').on(t.tenantId, t.createdAt).where(sql`identifier_id IS NULL`),
    foreignKey({
      name: 'identifiers_profile_exists',
      columns: [t.tenantId, t.profileId],
      foreignColumns: [profiles.tenantId, profiles.id],
    }),
  ],
)

export type ProfileIdentifier = typeof identifiers.$inferSelect
