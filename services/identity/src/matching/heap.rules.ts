/** A priority queue: `pop` returns the value with the highest score. A binary heap over a typed array of scores. */
export function createHeap<T>() {
  const scores: number[] = []
  const values: T[] = []
  const swap = (x: number, y: number): void => {
    ;[scores[x], scores[y]] = [scores[y]!, scores[x]!]
    ;[values[x], values[y]] = [values[y]!, values[x]!]
  }
  return {
    push(score: number, value: T): void {
      let at = scores.push(score) - 1
      values.push(value)
      while (at > 0) {
        const above = (at - 1) >> 1
        if (scores[above]! >= scores[at]!) break
        swap(at, above)
        at = above
      }
    },
    pop(): T | undefined {
      if (values.length === 0) return undefined
      swap(0, values.length - 1)
      scores.pop()
      const top = values.pop()
      for (let at = 0; ; ) {
        const left = 2 * at + 1
        if (left >= scores.length) break
        const larger = left + 1 < scores.length && scores[left + 1]! > scores[left]! ? left + 1 : left
        if (scores[at]! >= scores[larger]!) break
        swap(at, larger)
        at = larger
      }
      return top
    },
  }
}
