import { tenantLoader } from '@renmai/platform/db/loader'
import { pagesOf } from '@renmai/platform/db/read-page'
import { rowsById } from '@renmai/platform/db/rows-by-id'
import type { Listing } from '../listing.ts'
import { profileCustomers } from '../profiles/profile-customer.table.ts'
import { listCoupons, ofCustomersProfiles } from './coupon.queries.ts'
import { coupons, couponTemplates } from './coupon.table.ts'

export const couponLoaders = (ctx: Listing) => ({
  coupon: rowsById(ctx, coupons),
  couponTemplate: rowsById(ctx, couponTemplates),
  /** The customer of a profile, by the profile's id. */
  customerOf: rowsById(ctx, profileCustomers, { by: 'profileId' }),
  usedCoupons: tenantLoader<number>(ctx, async (tx, ids) => {
    const { rows } = await tx.client.query<{ id: string; n: number }>(
      "SELECT template_id AS id, count(*) AS n FROM coupons WHERE tenant_id = $1 AND template_id = ANY($2) AND state = 'USED' GROUP BY template_id",
      [tx.tenantId, ids],
    )
    return new Map(rows.map((row) => [row.id, row.n]))
  }),
  couponsOf: pagesOf(ctx, ofCustomersProfiles, listCoupons),
})
