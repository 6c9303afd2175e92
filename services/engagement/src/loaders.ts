import type { Tx } from '@renmai/platform/db'
import { tenantLoader } from '@renmai/platform/loader'
import type { BaseContext } from '@renmai/platform/mutate'
import { and, asc, desc, eq, type InferSelectModel, inArray } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { type Contact, contacts } from './contacts/contact.table.ts'
import { type OrderImport, orderImports } from './imports/import.table.ts'
import { type LiveCode, liveCodes } from './live-codes/live-code.table.ts'
import { type Message, messages } from './messages/message.table.ts'
import { type Order, orderLines, orders } from './orders/order.table.ts'
import { profileCustomers } from './profiles/profile-customer.table.ts'
import { type Touchpoint, touchpoints } from './touchpoints/touchpoint.table.ts'
import { isVisible } from './webhook-endpoints/webhook-endpoint.queries.ts'
import { type WebhookEndpoint, webhookEndpoints } from './webhook-endpoints/webhook-endpoint.table.ts'

export type Loaders = ReturnType<typeof createLoaders>

type Count = { id: string; count: number }
type OrderSummary = { id: string; paidOrders: number; netPaid: number; currency: string; lastPaidAt: Date | null }
type Stats = { id: string; added: number; lost: number; welcomed: number; missed: number }
type Line = InferSelectModel<typeof orderLines>
type ByTenantProfile = PgTable & { tenantId: PgColumn; profileId: PgColumn }

const MAX_ROWS = 10_000
const PER_CUSTOMER = 100

/** The newest rows of each customer, over all their profiles. */
async function newestOf<T extends ByTenantProfile>(
  tx: Tx,
  table: T,
  order: PgColumn,
  customerIds: readonly string[],
): Promise<Map<string, InferSelectModel<T>[]>> {
  const rows = await tx
    .select({ customerId: profileCustomers.customerId, row: table as PgTable })
    .from(profileCustomers)
    .innerJoin(table as PgTable, and(eq(table.tenantId, profileCustomers.tenantId), eq(table.profileId, profileCustomers.profileId)))
    .where(and(eq(profileCustomers.tenantId, tx.tenantId), inArray(profileCustomers.customerId, [...customerIds])))
    .orderBy(desc(order))
    .limit(Math.min(MAX_ROWS, PER_CUSTOMER * customerIds.length))
  const grouped = Map.groupBy(rows, (row) => row.customerId)
  return new Map([...grouped].map(([id, mine]) => [id, mine.map((one) => one.row as InferSelectModel<T>)]))
}

const byId = <T extends { id: string }>(rows: T[]) => new Map(rows.map((row) => [row.id, row]))

export function createLoaders(ctx: BaseContext) {
  return {
    customerOf: tenantLoader<string>(
      ctx,
      async (tx, ids) =>
        new Map(
          (
            await tx
              .select()
              .from(profileCustomers)
              .where(and(eq(profileCustomers.tenantId, tx.tenantId), inArray(profileCustomers.profileId, [...ids])))
          ).map((row) => [row.profileId, row.customerId]),
        ),
    ),
    order: tenantLoader<Order>(ctx, async (tx, ids) =>
      byId(
        await tx
          .select()
          .from(orders)
          .where(and(eq(orders.tenantId, tx.tenantId), inArray(orders.id, [...ids]))),
      ),
    ),
    lines: tenantLoader<Line[]>(ctx, async (tx, ids) =>
      Map.groupBy(
        await tx
          .select()
          .from(orderLines)
          .where(and(eq(orderLines.tenantId, tx.tenantId), inArray(orderLines.orderId, [...ids])))
          .orderBy(asc(orderLines.line))
          .limit(MAX_ROWS),
        (row) => row.orderId,
      ),
    ),
    orders: tenantLoader<Order[]>(ctx, (tx, ids) => newestOf(tx, orders, orders.modifiedAt, ids)),
    touchpoints: tenantLoader<Touchpoint[]>(ctx, (tx, ids) => newestOf(tx, touchpoints, touchpoints.occurredAt, ids)),
    messages: tenantLoader<Message[]>(ctx, (tx, ids) => newestOf(tx, messages, messages.createdAt, ids)),
    contacts: tenantLoader<Contact[]>(ctx, (tx, ids) => newestOf(tx, contacts, contacts.addedAt, ids)),
    message: tenantLoader<Message>(ctx, async (tx, ids) =>
      byId(
        await tx
          .select()
          .from(messages)
          .where(and(eq(messages.tenantId, tx.tenantId), inArray(messages.id, [...ids]))),
      ),
    ),
    liveCode: tenantLoader<LiveCode>(ctx, async (tx, ids) =>
      byId(
        await tx
          .select()
          .from(liveCodes)
          .where(and(eq(liveCodes.tenantId, tx.tenantId), inArray(liveCodes.id, [...ids]))),
      ),
    ),
    webhookEndpoint: tenantLoader<WebhookEndpoint>(ctx, async (tx, ids) =>
      byId(
        await tx
          .select()
          .from(webhookEndpoints)
          .where(and(isVisible(ctx.viewer), inArray(webhookEndpoints.id, [...ids]))),
      ),
    ),
    orderImport: tenantLoader<OrderImport>(ctx, async (tx, ids) =>
      byId(
        await tx
          .select()
          .from(orderImports)
          .where(and(eq(orderImports.tenantId, tx.tenantId), inArray(orderImports.id, [...ids]))),
      ),
    ),
    orderSummary: tenantLoader<OrderSummary>(ctx, async (tx, ids) => {
      const { rows } = await tx.client.query<OrderSummary>(
        `SELECT m.customer_id AS id, count(*) FILTER (WHERE o.paid_at IS NOT NULL AND NOT o.is_refund_document) AS "paidOrders",
           sum(CASE WHEN o.paid_at IS NULL THEN 0 ELSE o.total_minor END - o.refunded_minor)::bigint AS "netPaid", max(o.currency) AS currency, max(o.paid_at) AS "lastPaidAt"
         FROM profile_customers m JOIN orders o ON o.tenant_id = m.tenant_id AND o.profile_id = m.profile_id
         WHERE m.tenant_id = $1 AND m.customer_id = ANY($2) GROUP BY m.customer_id`,
        [tx.tenantId, ids],
      )
      return byId(rows)
    }),
    pendingClaims: tenantLoader<number>(ctx, async (tx, ids) => {
      const { rows } = await tx.client.query<Count>(
        'SELECT account_id AS id, count(*) AS count FROM pending_claims WHERE tenant_id = $1 AND account_id = ANY($2) GROUP BY account_id',
        [tx.tenantId, ids],
      )
      return new Map(rows.map((row) => [row.id, row.count]))
    }),
    liveCodeStats: tenantLoader<Stats>(ctx, async (tx, ids) => {
      const { rows } = await tx.client.query<Stats>(
        `SELECT l.id, (SELECT count(*) FROM contacts c WHERE c.tenant_id = $1 AND c.live_code_id = l.id) AS added,
           (SELECT count(*) FROM contacts c WHERE c.tenant_id = $1 AND c.live_code_id = l.id AND c.lost_at IS NOT NULL) AS lost,
           (SELECT count(*) FROM welcomes w WHERE w.tenant_id = $1 AND w.live_code_id = l.id AND w.state = 'SENT') AS welcomed,
           (SELECT count(*) FROM welcomes w WHERE w.tenant_id = $1 AND w.live_code_id = l.id AND w.state = 'MISSED') AS missed
         FROM live_codes l WHERE l.tenant_id = $1 AND l.id = ANY($2)`,
        [tx.tenantId, ids],
      )
      return byId(rows)
    }),
    rejections: tenantLoader<{ reason: string; rows: number }[]>(ctx, async (tx, ids) => {
      const { rows } = await tx.client.query<{ id: string; reason: string; rows: number }>(
        'SELECT import_id AS id, reason, count(*) AS rows FROM import_errors WHERE tenant_id = $1 AND import_id = ANY($2) GROUP BY import_id, reason ORDER BY reason',
        [tx.tenantId, ids],
      )
      return Map.groupBy(rows, (row) => row.id)
    }),
  }
}
