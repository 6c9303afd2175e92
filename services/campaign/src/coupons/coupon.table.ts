import { createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { sql } from 'drizzle-orm'
import { char, check, foreignKey, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'

export const couponTemplates = pgTable(
  'coupon_templates',
  {
    tenantId: tenantId(),
    id: id(),
    name: text().notNull(),
    kind: text({ enum: ['AMOUNT_OFF', 'PERCENT_OFF'] }).notNull(),
    currency: char({ length: 3 }).notNull(),
    thresholdMinor: integer().notNull(),
    amountMinor: integer(),
    percent: integer(),
    maxDiscountMinor: integer(),
    stock: integer().notNull(),
    issued: integer().notNull().default(0),
    perCustomer: integer().notNull(),
    validDays: integer().notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('coupon_templates_name').on(t.tenantId, t.name),
    check('coupon_templates_stock', sql`issued <= stock`),
  ],
)

export type CouponTemplate = typeof couponTemplates.$inferSelect

export const coupons = pgTable(
  'coupons',
  {
    tenantId: tenantId(),
    id: id(),
    templateId: uuid('template_id').notNull(),
    profileId: uuid('profile_id').notNull(),
    code: char({ length: 17 }).notNull(),
    state: text({ enum: ['ISSUED', 'LOCKED', 'USED', 'EXPIRED', 'RETURNED'] })
      .notNull()
      .default('ISSUED'),
    /** Key of the cause: the same cause issues one coupon. */
    sourceKey: text().notNull(),
    journeyId: uuid('journey_id'),
    issuedAt: moment('issued_at').notNull(),
    expiresAt: moment('expires_at').notNull(),
    /** Key of the order that holds or used the coupon. */
    orderKey: text(),
    lockedUntil: moment('locked_until'),
    discountMinor: integer(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('coupons_code').on(t.tenantId, t.code),
    unique('coupons_source').on(t.tenantId, t.templateId, t.profileId, t.sourceKey),
    index('coupons_profile').on(t.tenantId, t.profileId),
    index('coupons_order').on(t.tenantId, t.orderKey),
    index('coupons_running').on(t.tenantId, t.expiresAt).where(sql`state IN ('ISSUED', 'LOCKED', 'RETURNED')`),
    index('coupons_locked').on(t.tenantId, t.lockedUntil).where(sql`state = 'LOCKED'`),
    foreignKey({
      name: 'coupons_template_exists',
      columns: [t.tenantId, t.templateId],
      foreignColumns: [couponTemplates.tenantId, couponTemplates.id],
    }),
  ],
)

export type Coupon = typeof coupons.$inferSelect
