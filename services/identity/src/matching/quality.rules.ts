/** An estimated share with its interval of 95 %. */
export type Estimate = { value: number; low: number; high: number }

const Z = 1.96

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
