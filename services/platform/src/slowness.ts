const MAX_KINDS = 1_000
const WEIGHT = 0.05

/**
 * How many times as long as usual requests take. Usual is what the same kind takes while little is under way, as a moving
 * average: a slow kind is no overload, and what takes long because of others is not taken for usual.
 */
export class Slowness {
  readonly #usual = new Map<string, number>()
  #taken = 0
  #expected = 0

  /** @param isCalm whether little was under way when the request began */
  note(kind: string, ms: number, isCalm: boolean): void {
    const usual = this.#usual.get(kind)
    if (isCalm) this.#learn(kind, usual === undefined ? ms : usual + WEIGHT * (ms - usual))
    if (usual === undefined) return
    this.#taken += ms
    this.#expected += usual
  }

  /** Since the last reading; 1 when nothing is known. */
  read(): number {
    const ratio = this.#expected > 0 ? this.#taken / this.#expected : 1
    this.#taken = 0
    this.#expected = 0
    return ratio
  }

  #learn(kind: string, ms: number): void {
    if (this.#usual.size >= MAX_KINDS && !this.#usual.has(kind)) this.#usual.delete(this.#usual.keys().next().value!)
    this.#usual.set(kind, ms)
  }
}
