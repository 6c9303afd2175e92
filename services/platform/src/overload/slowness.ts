const MAX_KINDS = 1_000
/** The weight of a new time, once a hundred are known. */
const WEIGHT = 0.01
const DOUBT = 1.0001
/** One long task says nothing about the rest. */
const MIN_TIMES = 8

type Usual = { ms: number; seen: number }

/**
 * How many times as long as usual requests take. Usual is what the same kind takes while nothing has to wait, as a moving
 * average: a slow kind is no overload, and what takes long because of others is not taken for usual.
 */
export class Slowness {
  readonly #usual = new Map<string, Usual>()
  #taken = 0
  #expected = 0
  #times = 0

  /** @param isCalm whether little was under way, and nothing waited, when the request began */
  note(kind: string, ms: number, isCalm: boolean): void {
    const usual = this.#usual.get(kind)
    // A kind first seen under load is known badly rather than not at all.
    if (!usual) return this.#learn(kind, ms)
    this.#times++
    this.#taken += ms
    this.#expected += usual.ms
    if (isCalm) usual.ms += Math.max(WEIGHT, 1 / ++usual.seen) * (ms - usual.ms)
  }

  /** Since the last reading that told something; nothing when too few times are known. */
  read(): number | undefined {
    if (this.#times < MIN_TIMES) return undefined
    const ratio = this.#taken / this.#expected
    this.#taken = 0
    this.#expected = 0
    this.#times = 0
    return ratio
  }

  /**
   * Takes what is usual for a little more. Called twenty times a second where fewer at once have not helped, it grows by
   * an eighth in a minute: work that has become slow for good is not held back for ever.
   */
  doubt(): void {
    for (const usual of this.#usual.values()) usual.ms *= DOUBT
  }

  #learn(kind: string, ms: number): void {
    if (this.#usual.size >= MAX_KINDS) this.#usual.delete(this.#usual.keys().next().value!)
    this.#usual.set(kind, { ms, seen: 1 })
  }
}
