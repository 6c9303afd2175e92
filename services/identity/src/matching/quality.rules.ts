import { pairOf } from './dictionary.rules.ts'
import { probabilityOf } from './model.rules.ts'

/** An estimated share with its interval of 95 %. */
export type Estimate = { value: number; low: number; high: number }

const Z = 1.96

/** Interval of Wilson (1927) for a share of trials. */
export function wilson(hits: number, trials: number): Estimate {
  if (trials === 0) return { value: 1, low: 0, high: 1 }
  const share = hits / trials
  const middle = (share + (Z * Z) / (2 * trials)) / (1 + (Z * Z) / trials)
  const half = (Z / (1 + (Z * Z) / trials)) * Math.sqrt((share * (1 - share)) / trials + (Z * Z) / (4 * trials * trials))
  return { value: share, low: Math.min(share, Math.max(0, middle - half)), high: Math.max(share, Math.min(1, middle + half)) }
}

/** The ratio of two sums over independent groups, with the interval of its linearised variance (Cochran 1977, 6.3). */
export function ratioOf(groups: readonly (readonly [part: number, whole: number])[]): Estimate {
  const part = groups.reduce((sum, [one]) => sum + one, 0)
  const whole = groups.reduce((sum, [, all]) => sum + all, 0)
  if (whole === 0) return { value: 1, low: 0, high: 1 }
  const value = part / whole
  const variance = groups.reduce((sum, [one, all]) => sum + (one - value * all) ** 2, 0)
  const half = (Z * Math.sqrt(variance)) / whole
  return { value, low: Math.max(0, value - half), high: Math.min(1, value + half) }
}

/**
 * Probabilities that pairs of a cluster are of one person. A pair with few values of its own is as certain as its two records belong to
 * the cluster, which their other pairs prove.
 * @param members the records of one cluster
 */
export function certaintyOf(members: readonly number[], bits: (a: number, b: number) => number): { pairs: number; expected: number } {
  const scores = new Map<number, number>()
  const means = members.map((a) => {
    let sum = 0
    for (const b of members) {
      if (a === b) continue
      const key = pairOf(a, b)
      if (!scores.has(key)) scores.set(key, bits(a, b))
      sum += Math.max(-12, Math.min(12, scores.get(key)!))
    }
    return probabilityOf(sum / (members.length - 1) + 1)
  })
  let expected = 0
  for (let x = 0; x < members.length; x++)
    for (let y = x + 1; y < members.length; y++)
      expected += Math.max(probabilityOf(scores.get(pairOf(members[x]!, members[y]!))!), Math.min(means[x]!, means[y]!))
  return { pairs: scores.size, expected }
}
