import { transitions } from './delivery.states.ts'

/** What came of sending. */
export type Sent = { status: number | null; problem: string | null; retryAfterSeconds?: number | undefined }

/** What becomes of a delivery, and of its endpoint. */
export type Verdict = { state: 'DELIVERED' } | { state: 'PENDING'; afterSeconds: number } | { state: 'FAILED'; isGone: boolean }

/** Seconds to wait after the first failure, the second and so on: the schedule of the Standard Webhooks specification. */
const WAITS_S = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
/** A wait is longer by up to this part of it, so that what failed together does not come back together. */
const JITTER = 0.1
const MAX_WAIT_S = 86_400
export const GONE = 410

/** An endpoint to which nothing could be delivered for so long is not sent anything any more. */
export const FAILING_DAYS = 5

/**
 * Decides by the answer: 2xx is a delivery, 410 wants no more, everything else, redirections too, is tried again.
 * @param attempts how often it was tried, with this time
 * @param random 0 to 1
 */
export function judge({ status, retryAfterSeconds = 0 }: Sent, attempts: number, isTest: boolean, random: number): Verdict {
  if (status !== null && status >= 200 && status < 300) return { state: transitions.deliver.to }
  const wait = WAITS_S[attempts - 1]
  if (status === GONE || isTest || wait === undefined) return { state: transitions.fail.to, isGone: status === GONE && !isTest }
  return { state: transitions.retry.to, afterSeconds: Math.max(wait * (1 + JITTER * random), Math.min(retryAfterSeconds, MAX_WAIT_S)) }
}

/** What an endpoint listens to, of the events of its types. */
export type Filter = { value: string | null; fields: readonly string[]; everyMs: number }

export const concerns = ({ value, fields }: Filter, event: Record<string, unknown>): boolean =>
  value === null || fields.some((field) => event[field] === value)

/** What an event is about, where only the latest of several in a short time counts. */
export const aboutOf = ({ everyMs, fields }: Filter, event: Record<string, unknown>): string | null =>
  everyMs > 0 ? fields.map((field) => String(event[field] ?? '')).join() : null
