import { Slowness } from './slowness.ts'

/** Requests may take this many times as long as they do when little is under way. */
const SLOW = 1.5
/** Four in a second. */
const INCREASE = 0.2

/**
 * How much may be under way at once without getting slow. It moves by additive increase and multiplicative decrease (Chiu
 * and Jain, 1989): down while requests take longer than usual, up while they do not and somebody waits.
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

  /** Somebody had to wait. */
  noteShort(): void {
    this.#wasShort = true
  }

  /** @returns what to call with the request's time in ms when it ends */
  watch(kind: string, running: number): (ms: number) => void {
    // Times of a crowd, taken for usual, would let in the next crowd.
    const isCalm = !this.#wasShort && running <= this.#atLeast
    return (ms) => this.#slowness.note(kind, ms, isCalm)
  }

  /** To be called every 50 ms: at the onset of a flood everybody waits until the limit has come down. */
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

  /** Where the limit waits for the next crowd. */
  get #rest(): number {
    return Math.min(this.#atMost, 4 * this.#atLeast)
  }
}
