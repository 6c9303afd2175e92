const MAX_KINDS = 1_000
/** Weight of a new duration, once a hundred are known. */
const WEIGHT = 0.01
const DOUBT = 1.0001
/** A reading needs so many durations: one long task is no evidence about the rest. */
const MIN_TIMES = 8

type Usual = { ms: number; seen: number }

/**
 * Ratio of the durations of requests to the usual ones. The usual duration is the moving average of the same kind while
 * no request has to wait. So a slow kind is no overload, and a duration that is long because of other requests does not
 * count as usual.
 */
export class Slowness {
  readonly #usual = new Map<string, Usual>()
  #taken = 0
  #expected = 0
  #times = 0

  /** @param isCalm whether few requests were running, and none waited, when the request began */
  note(kind: string, ms: number, isCalm: boolean): void {
    const usual = this.#usual.get(kind)
    // A kind that is first seen under load gets a bad estimate rather than none.
    if (!usual) return this.#learn(kind, ms)
    this.#times++
    this.#taken += ms
    this.#expected += usual.ms
    if (isCalm) usual.ms += Math.max(WEIGHT, 1 / ++usual.seen) * (ms - usual.ms)
  }

  /** Ratio since the last reading that returned one; undefined when too few durations are known. */
  read(): number | undefined {
    if (this.#times < MIN_TIMES) return undefined
    const ratio = this.#taken / this.#expected
    this.#taken = 0
    this.#expected = 0
    this.#times = 0
    return ratio
  }

  /**
   * Raises the usual durations a little. It is called twenty times a second when fewer concurrent requests have not
   * helped; the usual durations then grow by an eighth in a minute. So work that has become slow for good is not held
   * back permanently.
   */
  doubt(): void {
    for (const usual of this.#usual.values()) usual.ms *= DOUBT
  }

  #learn(kind: string, ms: number): void {
    if (this.#usual.size >= MAX_KINDS) this.#usual.delete(this.#usual.keys().next().value!)
    this.#usual.set(kind, { ms, seen: 1 })
  }
}
