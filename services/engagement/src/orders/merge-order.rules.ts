/**
 * Of two states of an order the one with the later (time of the platform, rank of the status, version of the platform) holds,
 * in whatever order they arrive; equal states change nothing. Refunds are compared one by one, and a refund that a newer
 * state no longer names was withdrawn.
 */
import { allocate } from '@renmai/platform/facts/allocate.rules'
import type { IncomingOrder, IncomingRefund, OrderStatus, OrderStatusChanged, RefundState } from '../connectors/incoming.ts'
import { refundedOf, stateOf, sumOf } from './order.rules.ts'
import type { Order, OrderLine, OrderPayment, OrderRefund } from './order.table.ts'

type Part<T> = Omit<T, 'tenantId' | 'orderId'>

/** An order with all that belongs to it. */
export type Snapshot = {
  readonly order: Omit<Order, 'tenantId' | 'createdAt'>
  readonly lines: readonly Part<OrderLine>[]
  readonly refunds: readonly Part<OrderRefund>[]
  readonly payments: readonly Part<OrderPayment>[]
}

const STATUS_RANK: Record<OrderStatus, number> = {
  CREATED: 1,
  PAID: 2,
  SHIPPED: 3,
  FINISHED: 4,
  CLOSED: 5,
  PARTIALLY_REFUNDED: 6,
  REFUNDED: 7,
}
const REFUND_RANK: Record<RefundState, number> = { UNKNOWN: 0, REQUESTED: 1, ACCEPTED: 2, CLOSED: 3, SUCCEEDED: 4 }

type Age = { modifiedAt: Date; stateRank: number; platformVersion: number }

/** @returns more than 0 when the first is newer, 0 for equal ones */
const compareAge = (a: Age, b: Age): number =>
  a.modifiedAt.getTime() - b.modifiedAt.getTime() || a.stateRank - b.stateRank || a.platformVersion - b.platformVersion

/**
 * The order after a whole state of it.
 * @param order one without a problem
 * @param known undefined for an order that is new; its id is then the given one
 */
export function applyOrder(known: Snapshot | undefined, order: IncomingOrder, profileId: string | null, id: string): Snapshot {
  const age = ageOf(order)
  const isNewer = !known || compareAge(age, known.order) > 0
  const [own, other] = isNewer ? [rowOf(order, profileId), known?.order] : [known.order, rowOf(order, profileId)]
  const refunds = mergeRefunds(known, order)
  return settle({
    order: {
      ...own,
      ...(isNewer ? age : {}),
      ...(known ? { id: known.order.id, version: known.order.version } : { id, version: 0 }),
      // A state that does not know them does not delete them.
      profileId: firstOf(own.profileId, other?.profileId),
      paidAt: firstOf(own.paidAt, other?.paidAt),
      placedAt: firstOf(own.placedAt, other?.placedAt),
      refundsStatedAt: laterOf(known?.order.refundsStatedAt, order.refunds && order.modifiedAt),
    },
    lines: isNewer ? linesOf(order) : known.lines,
    payments: isNewer && order.payments ? order.payments.map(paymentOf) : partsOf(known, 'payments'),
    refunds,
  })
}

/**
 * The order with further lines of the same state of it, which came apart: its amounts grow by theirs.
 * @param rest the further lines, as an order of their own
 */
export function addLines(known: Snapshot, rest: IncomingOrder, profileId: string | null): Snapshot {
  const more = linesOf(rest).map((line) => ({ ...line, line: line.line + known.lines.length }))
  const added = (rest.refunds ?? []).reduce((refunds, refund) => addRefund(refunds, refund, rest.modifiedAt), known.refunds)
  return settle({
    ...known,
    order: {
      ...known.order,
      totalMinor: known.order.totalMinor + rest.totalMinor,
      modifiedAt: laterOf(known.order.modifiedAt, rest.modifiedAt)!,
      paidAt: laterOf(known.order.paidAt, rest.paidAt),
      profileId: firstOf(known.order.profileId, profileId),
    },
    lines: [...known.lines, ...more],
    refunds: added,
  })
}

function addRefund(refunds: Snapshot['refunds'], refund: IncomingRefund, statedAt: Date): Snapshot['refunds'] {
  const same = refunds.find(({ refundNo }) => refundNo === refund.refundNo)
  const whole = same ? { ...same, amountMinor: same.amountMinor + refund.amountMinor, at: laterOf(same.at, refund.at)! } : refund
  return [...refunds.filter((one) => one !== same), { ...whole, statedAt }]
}

const firstOf = <T>(own: T | null | undefined, other: T | null | undefined): T | null => own ?? other ?? null

const ageOf = ({ modifiedAt, status, platformVersion = 0 }: IncomingOrder): Age => ({
  modifiedAt,
  stateRank: STATUS_RANK[status!],
  platformVersion,
})

const partsOf = <K extends 'refunds' | 'payments'>(known: Snapshot | undefined, part: K): Snapshot[K] | [] => known?.[part] ?? []

/** The order after a change of its status alone; the same for one that is not newer. */
export function applyStatus(known: Snapshot, { status, platformStatus, platformVersion, modifiedAt }: OrderStatusChanged): Snapshot {
  const age = { modifiedAt, stateRank: STATUS_RANK[status!], platformVersion }
  if (compareAge(age, known.order) <= 0) return known
  return settle({ ...known, order: { ...known.order, ...age, baseState: status!, platformState: platformStatus } })
}

/** The order after a change of one refund; the same for a state of the refund that is not newer. */
export function applyRefund(known: Snapshot, refund: IncomingRefund, statedAt: Date): Snapshot {
  const { refundsStatedAt } = known.order
  // A later state of the whole order did not name it any more.
  if (refundsStatedAt && statedAt < refundsStatedAt && !known.refunds.some(({ refundNo }) => refundNo === refund.refundNo)) return known
  return settle({ ...known, refunds: newestPerNumber([...known.refunds, { ...refund, statedAt }]) })
}

function mergeRefunds(known: Snapshot | undefined, { refunds, modifiedAt }: IncomingOrder): Snapshot['refunds'] {
  if (!refunds) return partsOf(known, 'refunds')
  const newest = laterOf(known?.order.refundsStatedAt, modifiedAt)!
  const all = newestPerNumber([...partsOf(known, 'refunds'), ...refunds.map((refund) => ({ ...refund, statedAt: modifiedAt }))])
  return all.filter(({ statedAt }) => statedAt >= newest)
}

function newestPerNumber(refunds: readonly Part<OrderRefund>[]): Part<OrderRefund>[] {
  const sorted = refunds.toSorted((a, b) => a.statedAt.getTime() - b.statedAt.getTime() || REFUND_RANK[a.state] - REFUND_RANK[b.state])
  const newest = new Map(sorted.map((refund) => [refund.refundNo, refund]))
  return [...newest.values()].toSorted((a, b) => (a.refundNo < b.refundNo ? -1 : 1))
}

/** Fills in what follows from the refunds. */
function settle({ order, lines, refunds, payments }: Snapshot): Snapshot {
  const returned = refunds.filter(({ state }) => state === 'SUCCEEDED')
  const refundedMinor = refundedOf(refunds)
  const refundedAt = returned.reduce<Date | null>((last, { at }) => laterOf(last, at), null)
  const parts = Map.groupBy(
    returned.flatMap((refund) => refund.lines),
    ({ lineId }) => lineId,
  )
  return {
    order: { ...order, refundedMinor, refundedAt, state: stateOf(baseOf(order), { ...order, refundedMinor }) },
    lines: lines.map((line) => {
      const mine = (line.lineId && parts.get(line.lineId)) || []
      return {
        ...line,
        refundedQuantity: sumOf(mine.map(({ quantity }) => quantity)),
        refundedMinor: sumOf(mine.map((one) => one.amountMinor)),
      }
    }),
    refunds,
    payments,
  }
}

/** Rows of earlier releases have only the state that includes refunds. */
const baseOf = ({ baseState, state, paidAt }: Snapshot['order']): OrderStatus =>
  baseState ?? (state === 'REFUNDED' || state === 'PARTIALLY_REFUNDED' ? (paidAt ? 'FINISHED' : 'CLOSED') : state)

const laterOf = (a: Date | null | undefined, b: Date | null | undefined): Date | null => (a && b ? (a > b ? a : b) : (a ?? b ?? null))

function rowOf(order: IncomingOrder, profileId: string | null): Omit<Snapshot['order'], 'id' | 'version'> {
  const { platform, shopId, orderNo, currency, totalMinor, discountMinor, freightMinor, isRefundDocument, couponCodes, modifiedAt } = order
  return {
    platform,
    shopId,
    orderNo,
    currency,
    totalMinor,
    discountMinor,
    freightMinor,
    isRefundDocument,
    couponCodes,
    modifiedAt,
    profileId,
    state: order.status!,
    baseState: order.status!,
    stateRank: STATUS_RANK[order.status!],
    platformVersion: order.platformVersion ?? 0,
    platformState: order.platformStatus ?? null,
    taxMinor: order.taxMinor ?? 0,
    refundedMinor: 0,
    refundedAt: null,
    refundsStatedAt: null,
    placedAt: order.placedAt ?? null,
    paidAt: order.paidAt ?? null,
    salesChannel: order.salesChannel ?? '',
    storeId: order.storeId ?? '',
    staffId: order.staffId ?? '',
    parentOrderNo: order.parentOrderNo ?? '',
  }
}

function linesOf({ lines, discountMinor, isRefundDocument }: IncomingOrder): Snapshot['lines'] {
  const weights = lines.map(({ amountMinor }) => Math.max(amountMinor, 0))
  const shares = isRefundDocument ? [] : allocate(discountMinor, weights)
  return lines.map((line, index) => ({
    line: index + 1,
    lineId: line.lineId ?? '',
    productId: line.productId ?? '',
    categoryId: line.categoryId ?? '',
    sku: line.sku,
    title: line.title,
    quantity: line.quantity,
    unitPriceMinor: line.unitPriceMinor ?? null,
    amountMinor: line.amountMinor,
    discountMinor: line.discountMinor ?? shares[index] ?? 0,
    refundedQuantity: 0,
    refundedMinor: 0,
  }))
}

const paymentOf = ({ paymentNo, amountMinor, paidAt, method }: NonNullable<IncomingOrder['payments']>[number]) => ({
  paymentNo,
  amountMinor,
  paidAt: paidAt ?? null,
  method,
})

/** Whether refunds that became known one by one add up to more than the order. */
export const isTooMuchReturned = ({ order }: Snapshot): boolean => !order.isRefundDocument && order.refundedMinor > order.totalMinor

/** Whether two snapshots state the same about an order. What puts states of one moment in order is no content. */
export function isSame(a: Snapshot, b: Snapshot): boolean {
  return JSON.stringify(contentOf(a)) === JSON.stringify(contentOf(b))
}

/** Whether anything differs that is stored, beside the content. */
export const isSameAge = (a: Snapshot, b: Snapshot): boolean =>
  compareAge(a.order, b.order) === 0 &&
  a.order.refundsStatedAt?.getTime() === b.order.refundsStatedAt?.getTime() &&
  JSON.stringify(a.refunds) === JSON.stringify(b.refunds)

function contentOf({ order, lines, refunds, payments }: Snapshot) {
  const { version: _version, platformVersion: _platform, refundsStatedAt: _stated, stateRank: _rank, ...row } = order
  return [sorted(row), lines.map(sorted), refunds.map(({ statedAt: _at, ...refund }) => sorted(refund)), payments.map(sorted)]
}

const sorted = (row: object) => Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1))
