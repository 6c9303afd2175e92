import { tenantLoader } from '@renmai/platform/loader'
import type { BaseContext } from '@renmai/platform/mutate'
import { and, asc, desc, eq, inArray } from 'drizzle-orm'
import { type Coupon, type CouponTemplate, coupons, couponTemplates } from './coupons/coupon.table.ts'
import { type Journey, type JourneyEntry, journeyEntries, journeys } from './journeys/journey.table.ts'
import { profileCustomers } from './profiles/profile-customer.table.ts'
import { type Segment, segmentMembers, segments } from './segments/segment.table.ts'
import { type Template, templates } from './templates/template.table.ts'

export type Loaders = ReturnType<typeof createLoaders>

const MAX_ROWS = 10_000
const byId = <T extends { id: string }>(rows: T[]) => new Map(rows.map((row) => [row.id, row]))

export function createLoaders(ctx: BaseContext) {
  return {
    segment: tenantLoader<Segment>(ctx, async (tx, ids) =>
      byId(
        await tx
          .select()
          .from(segments)
          .where(and(eq(segments.tenantId, tx.tenantId), inArray(segments.id, [...ids]))),
      ),
    ),
    segmentSize: tenantLoader<number>(ctx, async (tx, ids) => {
      const { rows } = await tx.client.query<{ id: string; n: number }>(
        'SELECT segment_id AS id, count(*) AS n FROM segment_members WHERE tenant_id = $1 AND segment_id = ANY($2) GROUP BY segment_id',
        [tx.tenantId, ids],
      )
      return new Map(rows.map((row) => [row.id, row.n]))
    }),
    segmentsOf: tenantLoader<Segment[]>(ctx, async (tx, ids) => {
      const rows = await tx
        .select({ customerId: segmentMembers.customerId, segment: segments })
        .from(segmentMembers)
        .innerJoin(segments, and(eq(segments.tenantId, segmentMembers.tenantId), eq(segments.id, segmentMembers.segmentId)))
        .where(and(eq(segmentMembers.tenantId, tx.tenantId), inArray(segmentMembers.customerId, [...ids])))
        .orderBy(asc(segments.name))
        .limit(MAX_ROWS)
      return new Map([...Map.groupBy(rows, (row) => row.customerId)].map(([id, mine]) => [id, mine.map((row) => row.segment)]))
    }),
    template: tenantLoader<Template>(ctx, async (tx, ids) =>
      byId(
        await tx
          .selectDistinctOn([templates.id])
          .from(templates)
          .where(and(eq(templates.tenantId, tx.tenantId), inArray(templates.id, [...ids])))
          .orderBy(asc(templates.id), desc(templates.version)),
      ),
    ),
    journey: tenantLoader<Journey>(ctx, async (tx, ids) =>
      byId(
        await tx
          .select()
          .from(journeys)
          .where(and(eq(journeys.tenantId, tx.tenantId), inArray(journeys.id, [...ids]))),
      ),
    ),
    journeyCounts: tenantLoader<{ nodeId: string; isEnded: boolean; count: number }[]>(ctx, async (tx, ids) => {
      const { rows } = await tx.client.query<{ journey: string; nodeId: string; isEnded: boolean; count: number }>(
        `SELECT journey_id AS journey, node_id AS "nodeId", due_at IS NULL AS "isEnded", count(*) AS count FROM journey_entries
         WHERE tenant_id = $1 AND journey_id = ANY($2) GROUP BY 1, 2, 3 ORDER BY 2, 3`,
        [tx.tenantId, ids],
      )
      return Map.groupBy(rows, (row) => row.journey)
    }),
    entriesOf: tenantLoader<JourneyEntry[]>(ctx, async (tx, ids) => {
      const rows = await tx
        .select({ customerId: profileCustomers.customerId, entry: journeyEntries })
        .from(journeyEntries)
        .innerJoin(
          profileCustomers,
          and(eq(profileCustomers.tenantId, journeyEntries.tenantId), eq(profileCustomers.profileId, journeyEntries.profileId)),
        )
        .where(and(eq(journeyEntries.tenantId, tx.tenantId), inArray(profileCustomers.customerId, [...ids])))
        .orderBy(desc(journeyEntries.enteredAt))
        .limit(MAX_ROWS)
      return new Map([...Map.groupBy(rows, (row) => row.customerId)].map(([id, mine]) => [id, mine.map((row) => row.entry)]))
    }),
    coupon: tenantLoader<Coupon>(ctx, async (tx, ids) =>
      byId(
        await tx
          .select()
          .from(coupons)
          .where(and(eq(coupons.tenantId, tx.tenantId), inArray(coupons.id, [...ids]))),
      ),
    ),
    couponTemplate: tenantLoader<CouponTemplate>(ctx, async (tx, ids) =>
      byId(
        await tx
          .select()
          .from(couponTemplates)
          .where(and(eq(couponTemplates.tenantId, tx.tenantId), inArray(couponTemplates.id, [...ids]))),
      ),
    ),
    usedCoupons: tenantLoader<number>(ctx, async (tx, ids) => {
      const { rows } = await tx.client.query<{ id: string; n: number }>(
        "SELECT template_id AS id, count(*) AS n FROM coupons WHERE tenant_id = $1 AND template_id = ANY($2) AND state = 'USED' GROUP BY template_id",
        [tx.tenantId, ids],
      )
      return new Map(rows.map((row) => [row.id, row.n]))
    }),
    couponsOf: tenantLoader<Coupon[]>(ctx, async (tx, ids) => {
      const rows = await tx
        .select({ customerId: profileCustomers.customerId, coupon: coupons })
        .from(coupons)
        .innerJoin(
          profileCustomers,
          and(eq(profileCustomers.tenantId, coupons.tenantId), eq(profileCustomers.profileId, coupons.profileId)),
        )
        .where(and(eq(coupons.tenantId, tx.tenantId), inArray(profileCustomers.customerId, [...ids])))
        .orderBy(desc(coupons.issuedAt))
        .limit(MAX_ROWS)
      return new Map([...Map.groupBy(rows, (row) => row.customerId)].map(([id, mine]) => [id, mine.map((row) => row.coupon)]))
    }),
  }
}
