/** A source of chance with a seed, so that the same seed makes the same records. */
export type Chance = ReturnType<typeof createChance>

/** mulberry32, which is good enough for test data. */
export function createChance(seed: number) {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    /** From 0 to 1. */
    next,
    below,
    is: (probability: number): boolean => next() < probability,
    pick: <T>(values: readonly T[]): T => values[below(values.length)]!,
    /** The first values are the most frequent ones, as names are. */
    pickSkewed: <T>(values: readonly T[]): T => values[Math.floor(values.length ** next()) - 1] ?? values[0]!,
  }
}
