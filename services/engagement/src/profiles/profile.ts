import { type Condition, requireId } from '@renmai/platform/db/filters'
import { followed } from '@renmai/platform/db/moved-ids'
import { through } from '@renmai/platform/db/rows-by-id'
import { sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { merged } from './merged-customer.table.ts'
import { ofCustomer } from './profile-customer.table.ts'

/** Rows of any of a customer's profiles. The customer may have been merged into another one meanwhile. */
export const isOfCustomer =
  (profileId: PgColumn): Condition<string> =>
  (customerId, field) =>
    through(profileId, ofCustomer)(followed(merged, sql`${requireId(customerId, field)}::uuid`))
