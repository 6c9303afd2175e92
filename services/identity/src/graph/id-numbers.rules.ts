const SMALLEST = 16
/** The number plus one, and the four words of the id: one look into memory finds both. */
const WIDTH = 5
/** Characters of a UUID. */
const LENGTH = 36
/** Ids need at most this share of the table, or the ways to them grow long. */
const MOST_FILLED = 0.7

/**
 * Dense numbers for ids (UUIDs), in the order in which they come. A map of texts compares texts that lie all over the memory; here
 * the 128 bits of an id stand in the table itself. The last word, which is random in all versions that we use, is the hash. Texts of
 * another length go to a map.
 */
export class IdNumbers {
  #table: Int32Array
  #mask: number
  #size = 0
  readonly #others = new Map<string, number>()

  /** @param expected about how many different ids will come */
  constructor(expected = 0) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(SMALLEST, expected / MOST_FILLED)))
    this.#table = new Int32Array(slots * WIDTH)
    this.#mask = slots - 1
  }

  get size(): number {
    return this.#size
  }

  /** The number of an id in its one spelling; of a new one the next number. */
  of(id: string): number {
    if (id.length !== LENGTH) return this.#ofOther(id)
    const a = wordAt(id, 0, 4)
    const b = wordAt(id, 9, 14)
    const c = wordAt(id, 19, 24)
    const d = wordAt(id, 28, 32)
    const table = this.#table
    let slot = d & this.#mask
    let at = slot * WIDTH
    for (; table[at] !== 0; at = slot * WIDTH) {
      if (table[at + 4] === d && table[at + 3] === c && table[at + 2] === b && table[at + 1] === a) return table[at]! - 1
      slot = (slot + 1) & this.#mask
    }
    table[at] = this.#size + 1
    table[at + 1] = a
    table[at + 2] = b
    table[at + 3] = c
    table[at + 4] = d
    this.#size++
    if (this.#size > (this.#mask + 1) * MOST_FILLED) this.#grow()
    return this.#size - 1
  }

  #ofOther(text: string): number {
    const known = this.#others.get(text)
    if (known !== undefined) return known
    this.#others.set(text, this.#size)
    return this.#size++
  }

  #grow(): void {
    const from = this.#table
    this.#mask = this.#mask * 2 + 1
    this.#table = new Int32Array((this.#mask + 1) * WIDTH)
    for (let at = 0; at < from.length; at += WIDTH) {
      if (from[at] === 0) continue
      let slot = from[at + 4]! & this.#mask
      while (this.#table[slot * WIDTH] !== 0) slot = (slot + 1) & this.#mask
      this.#table.set(from.subarray(at, at + WIDTH), slot * WIDTH)
    }
  }
}

const NIBBLES = Uint8Array.from({ length: 128 }, (_none, code) => Number.parseInt(String.fromCharCode(code), 16) || 0)

const byteAt = (id: string, at: number): number => (NIBBLES[id.charCodeAt(at)]! << 4) | NIBBLES[id.charCodeAt(at + 1)]!

/** 32 bits, of which each half stands together: a dash is between the halves of two words. */
const wordAt = (id: string, high: number, low: number): number =>
  (byteAt(id, high) << 24) | (byteAt(id, high + 2) << 16) | (byteAt(id, low) << 8) | byteAt(id, low + 2)
