/** The form of an order that was set aside, also of one that a release stored that knew only the sum of its refunds. */
import { AppError } from '@renmai/platform/serve/errors'
import { z } from 'zod'
import type { IncomingOrder } from '../connectors/incoming.ts'

/** An unreadable time and an unsafe number are null in JSON; the rules of orders name them. */
const Amount = z
  .number()
  .nullable()
  .transform((amount) => amount ?? Number.NaN)
const Time = z.union([z.iso.datetime().transform((text) => new Date(text)), z.null().transform(() => new Date(Number.NaN))])
const Text = z.string().max(1_000)
const STATUSES = ['CREATED', 'PAID', 'SHIPPED', 'FINISHED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'CLOSED'] as const
const REFUND_STATES = ['REQUESTED', 'ACCEPTED', 'SUCCEEDED', 'CLOSED', 'UNKNOWN'] as const

const Line = z.looseObject({ sku: Text, title: Text, quantity: Amount, amountMinor: Amount, discountMinor: Amount.optional() })
const RefundLine = z.object({ lineId: Text, quantity: Amount, amountMinor: Amount })
const Refund = z.object({
  refundNo: Text,
  state: z.enum(REFUND_STATES),
  platformState: Text,
  amountMinor: Amount,
  at: Time,
  lines: z.array(RefundLine),
})
const Payment = z.object({ paymentNo: Text, amountMinor: Amount, paidAt: Time.optional(), method: Text })
const Buyer = z.looseObject({ externalId: Text, phone: Text.optional(), email: Text.optional(), name: Text.optional() })

const Stored = z.looseObject({
  platform: z.enum(['YOUZAN', 'IMPORT']),
  shopId: Text.min(1),
  orderNo: Text.min(1),
  status: z.enum(STATUSES).optional(),
  currency: Text,
  lines: z.array(Line),
  totalMinor: Amount,
  discountMinor: Amount,
  freightMinor: Amount,
  taxMinor: Amount.optional(),
  refunds: z.array(Refund).optional(),
  payments: z.array(Payment).optional(),
  refundedMinor: Amount.optional(),
  refundedAt: Time.optional(),
  isRefundDocument: z.boolean(),
  couponCodes: z.array(Text),
  placedAt: Time.optional(),
  paidAt: Time.optional(),
  modifiedAt: Time,
  buyer: Buyer.optional(),
  sums: z.array(z.tuple([Amount, Amount])).optional(),
  unreadable: z.record(Text, Text).optional(),
})

const wrong = (what: string) => new AppError('INVALID', `original: ${what}`, { original: what })

/** @throws AppError INVALID that names what is wrong */
export function readStoredOrder(text: string): IncomingOrder {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw wrong('is no JSON')
  }
  const { data, error } = Stored.safeParse(value)
  if (!data) throw wrong(`${error.issues[0]!.path.join('.')}: ${error.issues[0]!.message}`)
  const { refundedMinor, refundedAt, ...order } = data
  const refunds = order.refunds ?? (refundedMinor === undefined ? undefined : refundsBefore(refundedMinor, refundedAt ?? order.modifiedAt))
  return { ...order, refunds } as IncomingOrder
}

const refundsBefore = (amountMinor: number, at: Date): IncomingOrder['refunds'] =>
  amountMinor === 0 ? [] : [{ refundNo: '', state: 'SUCCEEDED', platformState: '', amountMinor, at, lines: [] }]
