import { Slowness } from './slowness.ts'

/** Requests may take this many times as long as they take with little load. */
const SLOW = 1.5
/** Per call of adapt(): four requests in a second. */
const INCREASE = 0.2

/**
 * The number of requests that may run concurrently without getting slow. It moves by additive increase and
 * multiplicative decrease (Chiu and Jain, 1989): down while requests take longer than usual, up while they do not and
 * requests wait.
 */
export class AdaptiveLimit {
  readonly #atLeast: number
  readonly #atMost: number
  readonly #slowness = new Slowness()
  #value: number
  #wasShort = false

  constructor(atLeast: number, atMost: number) {
    this.#atLeast = atLeast
    this.#atMost = atMost
    this.#value = this.#rest
  }

  get value(): number {
    return Math.floor(this.#value)
  }

  /** A request had to wait. */
  noteShort(): void {
    this.#wasShort = true
  }

  /** @returns the function to call with the duration of the request in ms when it ends */
  watch(kind: string, running: number): (ms: number) => void {
    // Durations under load, if counted as usual, would admit the next overload.
    const isCalm = !this.#wasShort && running <= this.#atLeast
    return (ms) => this.#slowness.note(kind, ms, isCalm)
  }

  /** To be called every 50 ms: when an overload begins, all requests wait until the limit has decreased. */
  adapt(isShort: boolean): void {
    const slowness = this.#slowness.read() ?? 1
    if (slowness > SLOW) this.#lower(slowness)
    else if (this.#wasShort) this.#value = Math.min(this.#atMost, this.#value + INCREASE)
    else if (this.#value > this.#rest) this.#value = Math.max(this.#rest, this.#value - INCREASE)
    this.#wasShort = isShort
  }

  #lower(slowness: number): void {
    if (this.#value === this.#atLeast) this.#slowness.doubt()
    this.#value = Math.max(this.#atLeast, this.#value * Math.max(0.5, SLOW / slowness))
  }

  /** The limit at rest, before the next overload. */
  get #rest(): number {
    return Math.min(this.#atMost, 4 * this.#atLeast)
  }
}
