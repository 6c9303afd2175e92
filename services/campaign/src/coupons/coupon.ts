import { randomBytes } from 'node:crypto'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { publish } from '@renmai/platform/events/outbox'
import { newId } from '@renmai/platform/serve/ids'
import { CouponIssuedSchema } from '@renmai/proto/campaign/v1/events'
import { and, eq } from 'drizzle-orm'
import { couponFailure } from './coupon.failures.ts'
import { codeOf } from './coupon.rules.ts'
import { type Coupon, type CouponTemplate, coupons, couponTemplates } from './coupon.table.ts'

export type Wish = { templateId: string; profileId: string; sourceKey: string; journeyId: string | null; now: Date }
export type Refusal = 'NO_SUCH_TEMPLATE' | 'TEMPLATE_ARCHIVED' | 'OUT_OF_STOCK' | 'LIMIT_PER_CUSTOMER'
export type Issued = { coupon: Coupon } | { refusal: Refusal }

/**
 * Issues a coupon within the stock and the limit per customer. The lock on the template makes concurrent requests wait for
 * each other. The same cause gets the same coupon.
 */
export async function issue(tx: Tx, { templateId, profileId, sourceKey, journeyId, now }: Wish): Promise<Issued> {
  const [template] = await tx
    .select()
    .from(couponTemplates)
    .where(and(eq(couponTemplates.tenantId, tx.tenantId), eq(couponTemplates.id, templateId)))
    .for('update')
  if (!template) return { refusal: 'NO_SUCH_TEMPLATE' }
  const same = and(
    eq(coupons.tenantId, tx.tenantId),
    eq(coupons.templateId, templateId),
    eq(coupons.profileId, profileId),
    eq(coupons.sourceKey, sourceKey),
  )
  const [earlier] = await tx.select().from(coupons).where(same)
  if (earlier) return { coupon: earlier }
  if (template.archivedAt) return { refusal: 'TEMPLATE_ARCHIVED' }
  if (template.issued >= template.stock) return { refusal: 'OUT_OF_STOCK' }
  if ((await heldBy(tx, templateId, profileId)) >= template.perCustomer) return { refusal: 'LIMIT_PER_CUSTOMER' }
  await tx
    .update(couponTemplates)
    .set({ issued: template.issued + 1 })
    .where(and(eq(couponTemplates.tenantId, tx.tenantId), eq(couponTemplates.id, templateId)))
  const expiresAt = new Date(now.getTime() + template.validDays * 86_400_000)
  const row = {
    tenantId: tx.tenantId,
    id: newId(),
    templateId,
    profileId,
    code: codeOf(randomBytes(16)),
    sourceKey,
    journeyId,
    issuedAt: now,
    expiresAt,
  }
  const [coupon] = await tx.insert(coupons).values(row).returning()
  await publish(tx, CouponIssuedSchema, { couponId: row.id, templateId, profileId, expiresAt: timestampFromDate(expiresAt) })
  return { coupon: coupon! }
}

/**
 * Reads a coupon template for change: no coupon of it is issued meanwhile.
 * @throws AppError NOT_FOUND that names the field
 */
export async function lockCouponTemplate(tx: Tx, id: string): Promise<CouponTemplate> {
  const [template] = await tx
    .select()
    .from(couponTemplates)
    .where(mine(tx, couponTemplates, id))
    .for('update')
  if (template) return template
  throw couponFailure('COUPON_TEMPLATE_NOT_FOUND', 'couponTemplateId')
}

/** Number of coupons of this kind that were issued to the customer, over all profiles. */
async function heldBy(tx: Tx, templateId: string, profileId: string): Promise<number> {
  const { rows } = await tx.client.query<{ n: number }>(
    `SELECT count(*) AS n FROM coupons WHERE tenant_id = $1 AND template_id = $2 AND profile_id IN (
       SELECT $3::uuid UNION SELECT s.profile_id FROM profile_customers m JOIN profile_customers s ON s.tenant_id = m.tenant_id AND s.customer_id = m.customer_id
       WHERE m.tenant_id = $1 AND m.profile_id = $3)`,
    [tx.tenantId, templateId, profileId],
  )
  return rows[0]!.n
}

/** Exports for other features. */
export { returnRefunded } from './return-refunded.ts'
