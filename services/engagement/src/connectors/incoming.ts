import type { Channel } from '@renmai/proto/engagement/v1/channel'

/** A person with the names that a source uses. */
export type Person = {
  /** The source, such as wecom:<corp>. */
  source: string
  /** The person's id at the source. */
  externalId: string
  identifiers: { namespace: string; value: string; isVerified: boolean }[]
  displayName: string
}

type Event = { channel: keyof typeof Channel; person: Person; at: Date }

/** A customer and a member of staff, or a bot, became contacts. */
export type ContactAdded = Event & {
  kind: 'CONTACT_ADDED'
  staffUserId: string
  externalUserId: string
  /** The customer added the member, who has not agreed yet; an addition follows. */
  isHalf: boolean
  /** State of the live code that led to the contact; empty for none. */
  state: string
  /** Code that a welcome is sent with; empty for none. */
  welcomeCode: string
}

export type ContactLost = Event & { kind: 'CONTACT_LOST'; staffUserId: string; externalUserId: string; lostBy: 'STAFF' | 'CUSTOMER' }

export type MessageReceived = Event & {
  kind: 'MESSAGE_RECEIVED'
  /** Id on the platform, unique within the account. */
  messageId: string
  /** text, image and so on, as the platform names it. */
  type: string
  text: string
}

/** An event of a person and one of the person's contacts. */
export type ContactEvent = ContactAdded | ContactLost | MessageReceived

/** Names an order: a number is unique in its shop only. */
export type OrderKey = { platform: 'YOUZAN' | 'IMPORT'; shopId: string; orderNo: string }

/** States of an order without its refunds. */
export type OrderStatus = 'CREATED' | 'PAID' | 'SHIPPED' | 'FINISHED' | 'PARTIALLY_REFUNDED' | 'REFUNDED' | 'CLOSED'

export type IncomingLine = {
  sku: string
  title: string
  quantity: number
  /** Price of the whole line before discounts. */
  amountMinor: number
  /** The line's share of all discounts; without it the order's discount is divided by amounts. */
  discountMinor?: number
  /** The platform's id of the line, and the shop's codes; empty where none is known. */
  lineId?: string
  productId?: string
  categoryId?: string
  unitPriceMinor?: number
}

/** UNKNOWN is a state that is new on the platform: it is kept as it was sent, and no money counts as returned. */
export type RefundState = 'REQUESTED' | 'ACCEPTED' | 'SUCCEEDED' | 'CLOSED' | 'UNKNOWN'

export type RefundLine = { lineId: string; quantity: number; amountMinor: number }

export type IncomingRefund = {
  refundNo: string
  state: RefundState
  /** The state in the platform's own words. */
  platformState: string
  amountMinor: number
  /** When the money went back; of another state when it began. */
  at: Date
  /** Empty where the refund is for the order as a whole, or the platform does not state the lines. */
  lines: RefundLine[]
}

export type IncomingPayment = { paymentNo: string; amountMinor: number; paidAt?: Date | undefined; method: string }

/** The buyer by the names that the shop has; a guest has no id. Phone and e-mail address are verified by the shop. */
export type Buyer = { externalId: string; phone?: string | undefined; email?: string | undefined; name?: string | undefined }

/** The whole state of an order, from a shop or a file. */
export type IncomingOrder = OrderKey & {
  /** Undefined for a status that is new on the platform. */
  status: OrderStatus | undefined
  /** The status in the platform's own words. */
  platformStatus?: string
  /** Orders the states of one moment and one status; a higher one is newer. */
  platformVersion?: number
  currency: string
  lines: IncomingLine[]
  /** Amount to pay: lines, freight and tax less the discount. */
  totalMinor: number
  /** All discounts, of lines and of the whole order. */
  discountMinor: number
  freightMinor: number
  taxMinor?: number
  /** All refunds of the order; undefined where this state does not name them. */
  refunds: IncomingRefund[] | undefined
  payments?: IncomingPayment[]
  isRefundDocument: boolean
  couponCodes: string[]
  placedAt?: Date | undefined
  paidAt: Date | undefined
  modifiedAt: Date
  buyer: Buyer | undefined
  salesChannel?: string
  storeId?: string
  staffId?: string
  parentOrderNo?: string
  /** Sums that the platform states, each beside the sum of its parts. They must be equal. */
  sums?: [stated: number, summed: number][]
  /** Amounts that are no amounts of the currency, by the platform's names of their fields, as they were sent. */
  unreadable?: Record<string, string>
}

/** A change of one refund, without the order. */
export type RefundChanged = { kind: 'REFUND_CHANGED'; order: OrderKey; refund: IncomingRefund; modifiedAt: Date; currency: string }

/** A change of an order's status, without the order. */
export type OrderStatusChanged = {
  kind: 'ORDER_STATUS_CHANGED'
  order: OrderKey
  status: OrderStatus | undefined
  platformStatus: string
  platformVersion: number
  modifiedAt: Date
}

export type IncomingSku = { sku: string; title: string; priceMinor: number | undefined; stock: number | undefined }

/** A category as the shop states it; fields that it does not state are undefined and change nothing. */
export type IncomingCategory = {
  platform: 'YOUZAN' | 'IMPORT'
  shopId: string
  code: string
  name: string | undefined
  /** Empty at the top. */
  parentCode: string | undefined
  modifiedAt: Date
  platformVersion: number
}

/** A product as the shop states it; fields that it does not state are undefined and change nothing. */
export type IncomingProduct = {
  platform: 'YOUZAN'
  shopId: string
  productId: string
  title: string | undefined
  categoryId: string | undefined
  isOnSale: boolean | undefined
  isDeleted: boolean | undefined
  currency: string
  skus: IncomingSku[] | undefined
  /** Categories that the state of the product describes. */
  categories: IncomingCategory[]
  /** Whether the articles are all of the product; otherwise the others stay. */
  isWhole: boolean
  modifiedAt: Date
  platformVersion: number
}

/** The content of a push in types of the domain. A push of an unknown kind is kept and acknowledged; it is no error. */
export type Incoming =
  | ContactEvent
  | { kind: 'ORDER_CHANGED'; order: IncomingOrder }
  | OrderStatusChanged
  | RefundChanged
  | { kind: 'PRODUCT_CHANGED'; product: IncomingProduct }
  | { kind: 'OTHER'; name: string }
