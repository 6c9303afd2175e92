import { customType, timestamp, uuid } from 'drizzle-orm/pg-core'

/** First column of every table that belongs to tenants, and of each of its keys. */
export const tenantId = () => uuid('tenant_id').notNull()

export const id = () => uuid('id').notNull()

/** A timestamp in UTC. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

export const createdAt = () => moment('created_at').notNull().defaultNow()

export const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })
