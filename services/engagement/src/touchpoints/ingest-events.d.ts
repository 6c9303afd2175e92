import type { EventSource } from '../channels/known-accounts.ts'
import type { Worker } from '../context.ts'
import { type RawEvent } from './event.rules.ts'
export type IngestResult = {
  messageId: string
  status: 'ACCEPTED' | 'DUPLICATE' | 'REJECTED'
  reason?: string
  pointer?: string
}
export type IngestAnswer = {
  results: IngestResult[]
  accepted: number
  duplicates: number
  rejected: number
}
/**
 * Takes a batch in. What is answered as accepted is committed; what was there before is a duplicate; a bad event is
 * rejected alone. People who are known are attached at once, the others as soon as identity answers.
 */
export declare function ingestEvents(
  worker: Omit<Worker, 'relayDb'>,
  tenantId: string,
  source: EventSource,
  events: readonly RawEvent[],
): Promise<IngestAnswer>
