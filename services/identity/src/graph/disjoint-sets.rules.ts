/** Disjoint sets of the numbers from 0 (the least stands for its set, path halving): near to constant time for each operation. */
export class DisjointSets {
  readonly #parents: Int32Array

  /** @param count how many numbers there are; each is a set by itself at first */
  constructor(count: number) {
    this.#parents = new Int32Array(count)
    for (let no = 0; no < count; no++) this.#parents[no] = no
  }

  /** The least number of the set of a number. */
  find(no: number): number {
    const parents = this.#parents
    let at = no
    for (let parent = parents[at]!; parent !== at; parent = parents[at]!) {
      const above = parents[parent]!
      parents[at] = above
      at = above
    }
    return at
  }

  join(a: number, b: number): void {
    const one = this.find(a)
    const other = this.find(b)
    if (one < other) this.#parents[other] = one
    else this.#parents[one] = other
  }
}
