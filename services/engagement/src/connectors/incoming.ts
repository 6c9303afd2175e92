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

/** The whole state of an order, from a shop or a file. */
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
  /** The phone is verified by the shop, or undefined. */
  buyer: { externalId: string; phone: string | undefined } | undefined
}

/** The content of a push in types of the domain. A push of an unknown kind is kept and acknowledged; it is no error. */
export type Incoming = ContactEvent | { kind: 'ORDER_CHANGED'; order: IncomingOrder } | { kind: 'OTHER'; name: string }
