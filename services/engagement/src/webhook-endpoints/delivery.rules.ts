import type { WebhookAttemptProblem } from '../gen/resolvers.ts'
import { transitions } from './delivery.states.ts'

/** Result of an attempt. */
export type Sent = { status: number | null; problem: WebhookAttemptProblem | null; retryAfterSeconds?: number | undefined }

/** The next state of a delivery, with the consequence for its endpoint. */
export type Verdict = { state: 'DELIVERED' } | { state: 'PENDING'; afterSeconds: number } | { state: 'FAILED'; isGone: boolean }

/** Seconds to wait after the first failure, the second and so on: the schedule of the Standard Webhooks specification. */
const WAITS_S = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
/** A wait is longer by up to this fraction, so that deliveries that failed together are not retried together. */
const JITTER = 0.1
const MAX_WAIT_S = 86_400
export const GONE = 410

/** An endpoint is disabled when all deliveries have failed for this many days. */
export const FAILING_DAYS = 5

/**
 * Decides by the answer: 2xx is a delivery, 410 disables the endpoint, any other answer, also a redirection, is retried.
 * @param attempts number of attempts, with this one
 * @param random 0 to 1
 */
export function judge({ status, retryAfterSeconds = 0 }: Sent, attempts: number, isTest: boolean, random: number): Verdict {
  if (status !== null && status >= 200 && status < 300) return { state: transitions.deliver.to }
  const wait = WAITS_S[attempts - 1]
  if (status === GONE || isTest || wait === undefined) return { state: transitions.fail.to, isGone: status === GONE && !isTest }
  return { state: transitions.retry.to, afterSeconds: Math.max(wait * (1 + JITTER * random), Math.min(retryAfterSeconds, MAX_WAIT_S)) }
}

/** The filter of an endpoint on the events of its types. */
export type Filter = { value: string | null; fields: readonly string[]; everyMs: number }

export const concerns = ({ value, fields }: Filter, event: Record<string, unknown>): boolean =>
  value === null || fields.some((field) => event[field] === value)

/** The subject of an event, where only the latest of several in a short time counts; null otherwise. */
export const aboutOf = ({ everyMs, fields }: Filter, event: Record<string, unknown>): string | null =>
  everyMs > 0 ? fields.map((field) => String(event[field] ?? '')).join() : null
