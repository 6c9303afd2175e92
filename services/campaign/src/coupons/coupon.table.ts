import { createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import type { Sentences } from '@renmai/platform/db/db'
import { sql } from 'drizzle-orm'
import { bigint, char, check, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'

export const couponTemplates = pgTable(
  'coupon_templates',
  {
    tenantId: tenantId(),
    id: id(),
    name: text().notNull(),
    kind: text({ enum: ['AMOUNT_OFF', 'PERCENT_OFF'] }).notNull(),
    currency: char({ length: 3 }).notNull(),
    thresholdMinor: bigint({ mode: 'number' }).notNull(),
    amountMinor: bigint({ mode: 'number' }),
    percent: integer(),
    maxDiscountMinor: bigint({ mode: 'number' }),
    stock: integer().notNull(),
    issued: integer().notNull().default(0),
    perCustomer: integer().notNull(),
    validDays: integer().notNull(),
    /** Raised by each change of the terms. */
    version: integer().notNull().default(1),
    /** When the template was archived; null when it is not archived. */
    archivedAt: moment('archived_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('coupon_templates_name').on(t.tenantId, t.name),
    check('coupon_templates_stock', sql`issued <= stock`),
  ],
)

export type CouponTemplate = typeof couponTemplates.$inferSelect

/** The part of a coupon's discount that one line of an order gets. */
export type AllocatedPart = { lineId: string; sku: string; minor: number }

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
    /** The shop's key of the order that holds or used the coupon; the order's id in rows of an earlier release. */
    orderKey: text(),
    /** Id of that order, once it is known. */
    orderId: uuid('order_id'),
    /** Share of each line of the order in the discount; null when its lines are not known. */
    allocation: jsonb().$type<AllocatedPart[]>(),
    lockedUntil: moment('locked_until'),
    discountMinor: bigint({ mode: 'number' }),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('coupons_code').on(t.tenantId, t.code),
    unique('coupons_source').on(t.tenantId, t.templateId, t.profileId, t.sourceKey),
    index('coupons_profile').on(t.tenantId, t.profileId),
    index('coupons_template').on(t.tenantId, t.templateId, t.id),
    index('coupons_state').on(t.tenantId, t.state, t.id),
    index('coupons_expires').on(t.tenantId, t.expiresAt, t.id),
    index('coupons_order').on(t.tenantId, t.orderKey),
    index('coupons_order_id').on(t.tenantId, t.orderId),
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

/** Fields that violate constraints, with messages. */
export const couponSentences: Sentences = {
  coupon_templates_name: ['name', 'A coupon template of this name exists; choose another name', 'COUPON_TEMPLATE_NAME_TAKEN'],
  coupon_templates_stock: ['templateId', 'No coupon of this template is left', 'COUPON_OUT_OF_STOCK'],
  coupons_template_exists: ['templateId', 'There is no such coupon template', 'COUPON_TEMPLATE_NOT_FOUND'],
}
