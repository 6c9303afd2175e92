import { countUpTo } from '@renmai/platform/db/count-up-to'
import { type Db, withTenant } from '@renmai/platform/db/db'
import type { TenantTable } from '@renmai/platform/db/rows'
import { answer } from '@renmai/platform/events/ask'
import { isId } from '@renmai/platform/serve/ids'
import { EngagementService } from '@renmai/proto/engagement/v1/engagement_service'
import { MergeEffect } from '@renmai/proto/identity/v1/merge_preview'
import { inArray } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { contacts, inboundMessages } from '../contacts/contact.table.ts'
import { messages } from '../messages/message.table.ts'
import { orders } from '../orders/order.table.ts'
import { touchpoints } from '../touchpoints/touchpoint.table.ts'

/** Rows that move with their profile, by the column that names it. */
const MOVING: readonly (readonly [MergeEffect, PgColumn])[] = [
  [MergeEffect.ORDERS, orders.profileId],
  [MergeEffect.TOUCHPOINTS, touchpoints.profileId],
  [MergeEffect.CONTACTS, contacts.profileId],
  [MergeEffect.MESSAGES, messages.profileId],
  [MergeEffect.RECEIVED_MESSAGES, inboundMessages.profileId],
]

/** Counts what would move with the absorbed customer. Everything hangs on profiles, so a merge changes no row here. */
export const previewMerge = (db: Db) =>
  answer(EngagementService.method.previewMerge, ({ tenantId, absorbedProfileIds }) =>
    withTenant(db, tenantId, async (tx) => {
      const ids = absorbedProfileIds.filter(isId)
      const changes = []
      for (const [effect, profileId] of MOVING)
        changes.push({ effect, ...(await countUpTo(tx, profileId.table as TenantTable, inArray(profileId, ids))) })
      return { changes }
    }),
  )
