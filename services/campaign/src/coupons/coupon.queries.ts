import { anyOf, type Conditions, contains, equals, isIdOf, isPresent, matching } from '@renmai/platform/db/filters'
import type { ListArgs, Listed } from '@renmai/platform/db/read-page'
import { through } from '@renmai/platform/db/rows-by-id'
import type { CouponFilter, CouponTemplateFilter } from '../gen/resolvers.ts'
import { isOfCustomer } from '../profiles/profile.ts'
import { ofCustomer } from '../profiles/profile-customer.table.ts'
import { coupons, couponTemplates } from './coupon.table.ts'

const TEMPLATES: Conditions<CouponTemplateFilter> = {
  kind: equals(couponTemplates.kind),
  nameContains: contains(couponTemplates.name),
  isArchived: isPresent(couponTemplates.archivedAt),
}

type Filtered<F> = ListArgs & { filter?: F | null | undefined }

/** Coupon templates by name, unless the caller chooses another order. */
export const listCouponTemplates = ({ filter }: Filtered<CouponTemplateFilter>): Listed<typeof couponTemplates> => ({
  table: couponTemplates,
  by: couponTemplates.name,
  // Ids follow the time of creation.
  orders: { NAME: couponTemplates.name, CREATED_AT: couponTemplates.id },
  where: matching(TEMPLATES, filter, { isArchived: false }),
})

/** The condition of the coupons of a customer, on all profiles. */
export const ofCustomersProfiles = through(coupons.profileId, ofCustomer)

const COUPONS: Conditions<CouponFilter> = {
  couponTemplateId: isIdOf(coupons.templateId),
  customerId: isOfCustomer(coupons.profileId),
  state: equals(coupons.state),
  states: anyOf(coupons.state),
}

/** Coupons, those that were issued last first, unless the caller chooses another order. */
export const listCoupons = ({ filter }: Filtered<CouponFilter>): Listed<typeof coupons> => ({
  table: coupons,
  by: coupons.id,
  order: 'desc',
  // Ids follow the time of the issue.
  orders: { ISSUED_AT: coupons.id, EXPIRES_AT: coupons.expiresAt },
  where: matching(COUPONS, filter),
})
