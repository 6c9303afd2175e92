import { type DescMessage } from '@bufbuild/protobuf'
import { type Handler } from '@renmai/platform/inbox'
/** Events that webhooks tell of; of numbers that change with every event, live views are told. */
export declare const HEARD: readonly DescMessage[]
/** A tenant has at most this many: each event is looked at for all of them. */
export declare const MAX_ENDPOINTS = 1000
/** Puts what endpoints wait for into their queues, in the transaction that marks the events as heard. */
export declare const queueDeliveries: Handler[]
