import { id, moment, tenantId } from '@renmai/platform/db/columns'
import { char, date, index, integer, numeric, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'

/** The tenant's own rates: which ones it books by is its decision, so none come with the platform. */
export const exchangeRates = pgTable(
  'exchange_rates',
  {
    tenantId: tenantId(),
    id: id(),
    /** One unit of the base is `rate` of the quote. */
    base: char({ length: 3 }).notNull(),
    quote: char({ length: 3 }).notNull(),
    day: date('day').notNull(),
    rate: numeric({ precision: 24, scale: 12 }).notNull(),
    /** Source of the rate, such as a bank, in the tenant's own words. */
    source: text().notNull(),
    version: integer().notNull(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('exchange_rates_of_day').on(t.tenantId, t.base, t.quote, t.day),
    index('exchange_rates_by_day').on(t.tenantId, t.day, t.id),
  ],
)

export type ExchangeRate = typeof exchangeRates.$inferSelect
