import type { Egress } from '@renmai/platform/egress'
import type { Sent } from './delivery.rules.ts'
import { type Target } from './endpoint-url.rules.ts'
/** What is sent: the id stays the same however often it is sent, so that a receiver knows it again. */
export type Parcel = {
  id: string
  url: string
  secrets: readonly string[]
  body: string
}
export type Post = (parcel: Parcel, now: Date) => Promise<Sent>
/**
 * Sends deliveries, signed by the Standard Webhooks specification: `webhook-id`, `webhook-timestamp` and a signature for each
 * secret. Redirections are not followed, an answer is read to 64 kB and not kept, and all of it takes 15 seconds at most.
 * A host is looked up for each connection, and the connection goes to the address that was looked at.
 */
export declare function createPost(
  egress: Egress,
  deadlineMs?: number,
): {
  post: Post
  close: () => Promise<void>
}
/** @throws AppError INVALID for where nothing may be sent; a number is not looked up before it is connected to */
export declare function checkTarget(egress: Egress, text: string): Target
