/** What came of sending. */
export type Sent = {
  status: number | null
  problem: string | null
  retryAfterSeconds?: number | undefined
}
/** What becomes of a delivery, and of its endpoint. */
export type Verdict =
  | {
      state: 'DELIVERED'
    }
  | {
      state: 'PENDING'
      afterSeconds: number
    }
  | {
      state: 'FAILED'
      isGone: boolean
    }
export declare const GONE = 410
/** An endpoint to which nothing could be delivered for so long is not sent anything any more. */
export declare const FAILING_DAYS = 5
/**
 * Decides by the answer: 2xx is a delivery, 410 wants no more, everything else, redirections too, is tried again.
 * @param attempts how often it was tried, with this time
 * @param random 0 to 1
 */
export declare function judge({ status, retryAfterSeconds }: Sent, attempts: number, isTest: boolean, random: number): Verdict
/** What an endpoint listens to, of the events of its types. */
export type Filter = {
  value: string | null
  fields: readonly string[]
  everyMs: number
}
export declare const concerns: ({ value, fields }: Filter, event: Record<string, unknown>) => boolean
/** What an event is about, where only the latest of several in a short time counts. */
export declare const aboutOf: ({ everyMs, fields }: Filter, event: Record<string, unknown>) => string | null
