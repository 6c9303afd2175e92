import { Webhook } from 'standardwebhooks'
import type { RawEvent } from '../touchpoints/event.rules.ts'
/** The library's check with Node's hash: its own is plain JavaScript, an eighth of the CPU of intake. */
export declare class NativeWebhook extends Webhook {
  #private
  /** @param secret whsec_ and base64 */
  constructor(secret: string)
  sign(id: string, at: Date, body: string): string
}
/**
 * Checks the signature (Standard Webhooks 1.0) and reads the body, which the library does in one go.
 * @throws AppError UNAUTHENTICATED when the signature does not hold, INVALID when the body is no JSON object
 */
export declare function verifyEvents(
  secret: string,
  body: string,
  headers: Record<string, string>,
): {
  events: RawEvent[]
}
