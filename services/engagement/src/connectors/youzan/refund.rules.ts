/**
 * Refunds of Youzan, beside an order and as messages of their own. The two have states of their own spelling; one that is
 * new is kept as it was sent, and no money counts as returned.
 */
import { AppError } from '@renmai/platform/serve/errors'
import type { IncomingLine, IncomingRefund, RefundLine, RefundState } from '../incoming.ts'
import { amountReader, asCode, asObject, isGiven, type Json, readTime } from './fields.rules.ts'

/** A line with the amounts that Youzan states for it: before the order's discounts, and what is paid for it with its share of the freight. */
export type TradeLine = IncomingLine & { lineId: string; paidMinor: number | undefined }

const STATES: Record<string, RefundState> = {
  // trade.get
  1: 'REQUESTED',
  10: 'CLOSED',
  20: 'ACCEPTED',
  30: 'ACCEPTED',
  40: 'CLOSED',
  50: 'CLOSED',
  60: 'SUCCEEDED',
  // refund.get and messages
  WAIT_SELLER_AGREE: 'REQUESTED',
  WAIT_BUYER_RETURN_GOODS: 'ACCEPTED',
  WAIT_SELLER_CONFIRM_GOODS: 'ACCEPTED',
  SELLER_REFUSE_BUYER: 'CLOSED',
  SELLER_REFUSE_BUYER_RETURN_GOODS: 'CLOSED',
  CLOSED: 'CLOSED',
  REFUND_CLOSED: 'CLOSED',
  SUCCESS: 'SUCCEEDED',
  REFUND_SUCCESS: 'SUCCEEDED',
}

/** States of messages by their types. The older agreement ends a refund without a return. */
const OF_TYPE: Record<string, RefundState> = {
  trade_refund_buyercreated: 'REQUESTED',
  trade_refund_refundselleragree: 'SUCCEEDED',
  trade_refund_refundsuccess: 'SUCCEEDED',
  trade_refund_sysrefund: 'SUCCEEDED',
  trade_refund_refundclosed: 'CLOSED',
  trade_refundcreated: 'REQUESTED',
  trade_refundselleragree: 'ACCEPTED',
  trade_refundsuccess: 'SUCCEEDED',
  trade_refundclosed: 'CLOSED',
}

/** The states of all refunds of an order together. */
const OF_ORDER: Record<string, RefundState> = { 1: 'REQUESTED', 11: 'REQUESTED', 2: 'SUCCEEDED', 12: 'SUCCEEDED' }

const lookUp = (states: Record<string, RefundState>, name: string): RefundState | undefined =>
  Object.hasOwn(states, name) ? states[name] : undefined

type Context = { no: string; info: Json; modifiedAt: Date; lines: readonly TradeLine[]; amounts: ReturnType<typeof amountReader> }

/** A refund beside an order. */
export function readRefund(refund: Json, { no, info, modifiedAt, lines, amounts }: Context): IncomingRefund {
  const refundNo = asCode(refund.refund_id) || no
  const stated = asCode(refund.refund_state ?? refund.status)
  const succeededAt = readTime(refund.refund_success_time)
  const ofOrder = succeededAt ? 'SUCCEEDED' : (lookUp(OF_ORDER, asCode(info.refund_state)) ?? 'UNKNOWN')
  const amountMinor = amounts.fen(`refund_order.${refundNo}.refund_fee`, refund.refund_fee ?? refund.refunded_fee)
  return {
    refundNo,
    state: stated ? (lookUp(STATES, stated) ?? 'UNKNOWN') : ofOrder,
    platformState: stated,
    amountMinor,
    at: succeededAt ?? readTime(refund.refund_time) ?? modifiedAt,
    lines: linesOf(refund, amountMinor, lines),
  }
}

/** The lines by their ids. What is refunded for each is known of a single one, and where all of them are refunded whole. */
function linesOf({ oids }: Json, amountMinor: number, lines: readonly TradeLine[]): RefundLine[] {
  const ids = Array.isArray(oids) ? new Set((oids as unknown[]).map((oid) => asCode(asObject(oid).oid ?? oid))) : new Set<string>()
  const named = lines.filter(({ lineId }) => lineId !== '' && ids.has(lineId))
  const paid = named.map((line) => line.paidMinor ?? line.amountMinor)
  const isWhole = paid.reduce((all, one) => all + one, 0) === amountMinor
  if (named.length === 0 || (named.length > 1 && !isWhole)) return []
  return named.map(({ lineId, quantity }, index) => ({
    lineId,
    quantity: isWhole ? quantity : 0,
    amountMinor: isWhole ? paid[index]! : amountMinor,
  }))
}

/** A message about one refund. @throws AppError INVALID for an amount or an order that cannot be read */
export function readRefundMessage(message: Json, { shopId, version, type }: { shopId: string; version: number; type: string }) {
  const orderNo = asCode(message.tid)
  const amounts = amountReader()
  const field = ['refunded_fee', 'refund_fee'].find((name) => isGiven(message[name])) ?? 'refunded_fee'
  const amountMinor = amounts.fen(field, message[field])
  if (orderNo === '') throw new AppError('INVALID', 'The push holds a refund of no order')
  if (!isGiven(message[field]) || Object.keys(amounts.unreadable).length > 0 || amountMinor < 0)
    throw new AppError('INVALID', `AMOUNT_NOT_READABLE: ${field}`)
  const [stated, modifiedAt] = [asCode(message.status ?? message.refund_state), timeOf(message, version)]
  const refund: IncomingRefund = {
    refundNo: asCode(message.refund_id),
    state: stateOf(stated, type),
    platformState: stated || type,
    amountMinor,
    at: readTime(message.refund_success_time) ?? modifiedAt,
    lines: isGiven(message.oid) ? [{ lineId: asCode(message.oid), quantity: 0, amountMinor }] : [],
  }
  return { kind: 'REFUND_CHANGED' as const, order: { platform: 'YOUZAN' as const, shopId, orderNo }, refund, modifiedAt, currency: 'CNY' }
}

const stateOf = (stated: string, type: string): RefundState =>
  (stated ? lookUp(STATES, stated) : lookUp(OF_TYPE, type.replace(/^youzan_/, '').toLowerCase())) ?? 'UNKNOWN'

const timeOf = ({ update_time, version: own }: Json, version: number): Date =>
  readTime(update_time) ?? readTime(asCode(own)) ?? readTime(version) ?? new Date(Number.NaN)
