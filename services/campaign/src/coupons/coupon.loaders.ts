import { tenantLoader } from '@renmai/platform/db/loader'
import { rowsById, rowsOf, through } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { desc } from 'drizzle-orm'
import { ofCustomer } from '../profiles/profile-customer.table.ts'
import { coupons, couponTemplates } from './coupon.table.ts'

const MAX_COUPONS = 100

export const couponLoaders = (ctx: BaseContext) => ({
  coupon: rowsById(ctx, coupons),
  couponTemplate: rowsById(ctx, couponTemplates),
  usedCoupons: tenantLoader<number>(ctx, async (tx, ids) => {
    const { rows } = await tx.client.query<{ id: string; n: number }>(
      "SELECT template_id AS id, count(*) AS n FROM coupons WHERE tenant_id = $1 AND template_id = ANY($2) AND state = 'USED' GROUP BY template_id",
      [tx.tenantId, ids],
    )
    return new Map(rows.map((row) => [row.id, row.n]))
  }),
  couponsOf: rowsOf(ctx, {
    table: coupons,
    of: through(coupons.profileId, ofCustomer),
    order: desc(coupons.issuedAt),
    perParent: MAX_COUPONS,
  }),
})
