import { type Tx, withTenant } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { seal } from '@renmai/platform/secrets/crypto'
import { AppError } from '@renmai/platform/serve/errors'
import { and, eq, sql } from 'drizzle-orm'
import type { IncomingOrder } from '../connectors/incoming.ts'
import type { Deps } from '../context.ts'
import { storeOrders } from '../orders/order.ts'
import { type Claim, hiddenId, resolveClaims } from '../touchpoints/touchpoint.ts'
import { rejectedPlace } from './forget-rejected.ts'
import { importErrors, type OrderImport, orderImports } from './import.table.ts'
import { type FileRow, instantOf } from './order-row.rules.ts'

type Rejected = { row: number; reason: string; fields: string[] }

/** Rows of a file that commit together: whole orders by their number, and the last row among them. */
export type Batch = { orders: Map<string, FileRow[]>; rejected: Rejected[]; lastRow: number }

/** Stores the batch and the number of rows done in one transaction. */
export async function storeBatch(deps: Deps, job: OrderImport, batch: Batch): Promise<void> {
  const orders = [...batch.orders.values()].map((rows) => toOrder(job, rows))
  const claims = claimsOf(deps, job, batch)
  const resolved = await resolveClaims(deps, job.tenantId, claims)
  const profileOf = new Map(claims.map((claim, index) => [claim.externalId, resolved[index]!]))
  const nameOf = (customerId: string) => hiddenId(deps.keyRing, job.tenantId, customerId)
  await withTenant(deps.db, job.tenantId, async (tx) => {
    const attached = orders.map((order) => {
      const resolution = order.buyer && profileOf.get(nameOf(order.buyer.externalId))
      return { order, profileId: resolution && 'profileId' in resolution ? resolution.profileId : undefined }
    })
    await storeOrders(tx, deps, attached)
    await keepRejected(tx, deps, job, batch.rejected)
    await advance(tx, job, batch.lastRow, orders)
  })
}

/** One claim per customer of the batch. It contains no date of the file, so that the same customer has the same claim. */
function claimsOf({ keyRing }: Deps, job: OrderImport, batch: Batch): Claim[] {
  const rows = [...batch.orders.values()].flatMap((order) => (order[0]!.customerId ? [order[0]!] : []))
  const newest = new Map(rows.map((row) => [row.customerId, row]))
  return [...newest].map(([externalId, { phone, email, name }]) => ({
    source: `shop:${job.accountId}`,
    externalId: hiddenId(keyRing, job.tenantId, externalId),
    attributes: [],
    tagIds: [],
    displayName: name,
    observedAt: job.createdAt.toISOString(),
    identifiers: [
      { namespace: 'phone', value: phone },
      { namespace: 'email', value: email },
    ]
      .filter(({ value }) => value !== '' && !value.includes('*'))
      .map((one) => ({ ...one, isVerified: true })),
  }))
}

function toOrder(job: OrderImport, rows: FileRow[]): IncomingOrder {
  const first = rows[0]!
  const times = rows.map((row) => instantOf(row.occurredAt, job.zone).getTime())
  const total = rows.reduce((sum, row) => sum + row.amountMinor, 0)
  const at = new Date(Math.max(...times))
  return {
    platform: 'IMPORT',
    shopId: job.accountId,
    orderNo: first.orderNo,
    status: 'FINISHED',
    currency: job.currency,
    isRefundDocument: first.isRefund,
    lines: rows.map(({ sku, title, quantity, amountMinor }) => ({ sku, title, quantity, amountMinor })),
    totalMinor: first.isRefund ? 0 : total,
    refundedMinor: first.isRefund ? total : 0,
    discountMinor: 0,
    freightMinor: 0,
    couponCodes: [],
    paidAt: first.isRefund ? undefined : at,
    refundedAt: first.isRefund ? at : undefined,
    modifiedAt: at,
    buyer: first.customerId ? { externalId: first.customerId, phone: undefined } : undefined,
  }
}

async function keepRejected(tx: Tx, { keyRing }: Deps, job: OrderImport, rejected: Rejected[]): Promise<void> {
  await insertRows(
    tx,
    importErrors,
    rejected.map(({ row, reason, fields }) => ({
      importId: job.id,
      row,
      reason,
      fields: seal(keyRing, tx.tenantId, rejectedPlace(job.id, row), JSON.stringify(fields)),
    })),
  )
}

/** Advances the number of rows done; the guard keeps a second transfer of the same file from counting twice. */
async function advance(tx: Tx, job: OrderImport, lastRow: number, orders: IncomingOrder[]): Promise<void> {
  const refunds = orders.filter((order) => order.isRefundDocument).length
  const counts = {
    rowsDone: lastRow,
    orders: sql`${orderImports.orders} + ${orders.length - refunds}`,
    refunds: sql`${orderImports.refunds} + ${refunds}`,
  }
  const moved = await tx
    .update(orderImports)
    .set(counts)
    .where(and(eq(orderImports.tenantId, tx.tenantId), eq(orderImports.id, job.id), eq(orderImports.rowsDone, job.rowsDone)))
    .returning()
  if (moved.length === 0) throw new AppError('CONFLICT', 'This file is being received by another request')
  job.rowsDone = lastRow
}
