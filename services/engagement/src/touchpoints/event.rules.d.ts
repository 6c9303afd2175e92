import type { Claim } from './claim.ts'
export type RawEvent = {
  messageId?: unknown
  type?: unknown
  occurredAt?: unknown
  identifiers?: unknown
  attributes?: unknown
  properties?: unknown
  referenceId?: unknown
}
export type GoodEvent = {
  messageId: string
  type: string
  occurredAt: Date
  referenceId: string | null
  properties: Record<string, string> | null
  /** Observed when the event occurred. */
  claim: Omit<Claim, 'observedAt'>
}
export type Rejection = {
  reason: string
  pointer: string
}
export declare function checkEvent(event: RawEvent, source: string, now: Date): GoodEvent | Rejection
