/** Exact fractions of whole numbers: sums of converted amounts are rounded once, at the end. */

/** A fraction with a denominator above zero. */
export type Exact = { readonly n: bigint; readonly d: bigint }

export const ZERO: Exact = { n: 0n, d: 1n }

const magnitude = (value: bigint) => (value < 0n ? -value : value)

function gcd(one: bigint, other: bigint): bigint {
  let [a, b] = [one, other]
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}

function reduced(n: bigint, d: bigint): Exact {
  const common = gcd(magnitude(n), d)
  return common === 1n ? { n, d } : { n: n / common, d: d / common }
}

/** @param text a decimal number such as 7.1234 */
export function readExact(text: string): Exact {
  const [, sign = '', whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  if (whole === undefined) throw new TypeError(`${text} is no decimal number`)
  return reduced(BigInt(`${sign}${whole}${fraction}`), 10n ** BigInt(fraction.length))
}

/**
 * The sum over the least common denominator. It is not reduced: a year of opposite rates has a denominator of some thousand digits, whose
 * common divisor with the numerator would take most of the time of a report.
 */
export function add(a: Exact, b: Exact): Exact {
  if (a.d === b.d) return { n: a.n + b.n, d: a.d }
  const common = gcd(a.d, b.d)
  return { n: a.n * (b.d / common) + b.n * (a.d / common), d: (a.d / common) * b.d }
}

export const multiply = (a: Exact, b: Exact): Exact => reduced(a.n * b.n, a.d * b.d)

/** @param value above zero */
export const invert = ({ n, d }: Exact): Exact => ({ n: d, d: n })

export function floor({ n, d }: Exact): bigint {
  const whole = n / d
  return n < 0n && whole * d !== n ? whole - 1n : whole
}

/** The nearest whole number; of two equally near ones the even one. */
export function roundHalfEven(value: Exact): bigint {
  const low = floor(value)
  const twice = 2n * (value.n - low * value.d)
  const isUp = twice > value.d || (twice === value.d && low % 2n !== 0n)
  return isUp ? low + 1n : low
}

/**
 * Rounds parts so that they add up to their rounded sum: each is rounded down, and the largest fractions get what is left, the
 * earlier one of two equal ones.
 */
export function roundTogether(parts: readonly Exact[]): { sum: bigint; parts: bigint[] } {
  const sum = roundHalfEven(parts.reduce(add, ZERO))
  const rounded = parts.map(floor)
  const rests = parts.map((part, index) => add(part, { n: -rounded[index]!, d: 1n }))
  const order = [...rests.keys()].sort((a, b) => compare(rests[b]!, rests[a]!))
  const left = Number(sum - rounded.reduce((all, one) => all + one, 0n))
  for (const index of order.slice(0, left)) rounded[index]! += 1n
  return { sum, parts: rounded }
}

const compare = (a: Exact, b: Exact): number => {
  const difference = a.n * b.d - b.n * a.d
  return difference === 0n ? 0 : difference > 0n ? 1 : -1
}
