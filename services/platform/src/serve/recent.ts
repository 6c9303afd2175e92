const WINDOW_MS = 1_000

/** Counts the different ids that were seen within the last one or two seconds. */
export class Recent {
  #now = new Set<string>()
  #before = new Set<string>()
  #since = performance.now()

  see(id: string): void {
    const age = performance.now() - this.#since
    if (age > WINDOW_MS) {
      this.#before = age > 2 * WINDOW_MS ? new Set() : this.#now
      this.#now = new Set()
      this.#since = performance.now()
    }
    this.#now.add(id)
  }

  get size(): number {
    return Math.max(this.#now.size, this.#before.size)
  }
}
