import type { Channel } from '@renmai/proto/engagement/v1/channel'

/** A person as a source names them. */
export type Person = {
  /** The source, such as wecom:<corp>. */
  source: string
  /** The person's id there. */
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
  /** State of the live code that led there; empty for none. */
  state: string
  /** What a welcome is sent with; empty for none. */
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

/** What concerns a person and a contact of theirs. */
export type ContactEvent = ContactAdded | ContactLost | MessageReceived

/** The whole state of an order, as a shop or a file has it. */
export type IncomingOrder = {
  platform: string
  shopId: string
  orderNo: string
  status: 'CREATED' | 'PAID' | 'SHIPPED' | 'FINISHED' | 'PARTIALLY_REFUNDED' | 'REFUNDED' | 'CLOSED'
  currency: string
  lines: { sku: string; title: string; quantity: number; amountMinor: number }[]
  totalMinor: number
  discountMinor: number
  freightMinor: number
  refundedMinor: number
  isRefundDocument: boolean
  couponCodes: string[]
  paidAt: Date | undefined
  refundedAt: Date | undefined
  modifiedAt: Date
  /** The phone is one that the shop has proven, or undefined. */
  buyer: { externalId: string; phone: string | undefined } | undefined
}

/** What a push says in the domain's words. What is not known is kept and acknowledged, not an error. */
export type Incoming = ContactEvent | { kind: 'ORDER_CHANGED'; order: IncomingOrder } | { kind: 'OTHER'; name: string }
