/**
 * Which rate counts for an amount: the newest one that is not after its day and at most ten days older. Between two currencies that
 * is their own rate in either direction, else the two rates over a third currency.
 */
import { digitsOf } from '@renmai/platform/serve/currency.rules'
import { add, type Exact, invert, multiply, readExact, roundHalfEven, ZERO } from './exact.rules.ts'
import { exchangeRateFailure } from './exchange-rate.failures.ts'

/** Banks state no rates on holidays; the longest ones, with the weekends around them, last ten days. */
export const MAX_AGE_DAYS = 10
const DAY_MS = 86_400_000

/** One unit of the base is so many of the quote. */
export type StatedRate = { base: string; quote: string; day: string; rate: string }
/** An amount in the smallest unit of its currency. */
export type Amount = { currency: string; day: string; minor: bigint }
/** The rate between two currencies on a day; undefined where none is known. */
export type RateOf = (from: string, to: string, day: string) => Exact | undefined

type Found = { rate: Exact; day: string }

/** @param stated rates, each base, quote and day once */
export function rateBook(stated: readonly StatedRate[]): RateOf {
  const pairs = new Map([...Map.groupBy(stated, ({ base, quote }) => keyOf(base, quote))].map(([key, all]) => [key, inOrder(all)]))
  const neighbours = neighboursIn(stated)
  const newest = (base: string, quote: string, day: string) => newestOf(pairs.get(keyOf(base, quote)) ?? [], day)
  const own = (from: string, to: string, day: string): Found | undefined => {
    const [direct, opposite] = [newest(from, to, day), newest(to, from, day)]
    return opposite && (!direct || opposite.day > direct.day) ? { ...opposite, rate: invert(opposite.rate) } : direct
  }
  const crossed = (from: string, to: string, day: string): Found | undefined => {
    let best: Found | undefined
    for (const over of neighbours.get(from) ?? []) {
      const [first, second] = [own(from, over, day), own(over, to, day)]
      const found = first && second && { rate: multiply(first.rate, second.rate), day: first.day < second.day ? first.day : second.day }
      if (found && (!best || found.day > best.day)) best = found
    }
    return best
  }
  return remembered((from, to, day) => (from === to ? { n: 1n, d: 1n } : (own(from, to, day) ?? crossed(from, to, day))?.rate))
}

/**
 * The exact sum of amounts in another currency, each by the rate of its day. It is in the smallest unit of that currency, with a fraction.
 * @throws AppError INSUFFICIENT_DATA that names the currency and the day without a rate
 */
export function convert(amounts: readonly Amount[], wanted: string, rateOf: RateOf): Exact {
  const bySize = new Map<number, Exact>()
  let sum = ZERO
  for (const { currency, day, minor } of amounts) {
    if (minor === 0n) continue
    const rate = rateOf(currency, wanted, day)
    if (!rate) throw exchangeRateFailure('EXCHANGE_RATE_MISSING', 'in', { currency, wanted, day, days: MAX_AGE_DAYS })
    sum = add(sum, multiply(multiply({ n: minor, d: 1n }, rate), sizeOf(digitsOf(wanted) - digitsOf(currency), bySize)))
  }
  return sum
}

/** The sum of amounts in another currency, rounded once, half to even. */
export const convertRounded = (amounts: readonly Amount[], wanted: string, rateOf: RateOf): bigint =>
  roundHalfEven(convert(amounts, wanted, rateOf))

function sizeOf(digits: number, known: Map<number, Exact>): Exact {
  const size = known.get(digits) ?? (digits < 0 ? { n: 1n, d: 10n ** BigInt(-digits) } : { n: 10n ** BigInt(digits), d: 1n })
  known.set(digits, size)
  return size
}

const keyOf = (base: string, quote: string) => `${base}${quote}`

type Dated = { day: string; rate: Exact }

const inOrder = (all: readonly StatedRate[]): Dated[] =>
  all.map(({ day, rate }) => ({ day, rate: readExact(rate) })).toSorted((a, b) => (a.day < b.day ? -1 : 1))

function newestOf(all: readonly Dated[], day: string): Found | undefined {
  let [low, high] = [0, all.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (all[middle]!.day <= day) low = middle + 1
    else high = middle
  }
  const found = all[low - 1]
  return found && Date.parse(day) - Date.parse(found.day) <= MAX_AGE_DAYS * DAY_MS ? found : undefined
}

/** Currencies that a currency has rates with, by their codes: of two equally new ways the first counts. */
function neighboursIn(stated: readonly StatedRate[]): Map<string, string[]> {
  const all = new Map<string, Set<string>>()
  for (const { base, quote } of stated) {
    all.set(base, (all.get(base) ?? new Set()).add(quote))
    all.set(quote, (all.get(quote) ?? new Set()).add(base))
  }
  return new Map([...all].map(([one, others]) => [one, [...others].sort()]))
}

function remembered(rateOf: RateOf): RateOf {
  const known = new Map<string, Exact | undefined>()
  return (from, to, day) => {
    const key = `${keyOf(from, to)}${day}`
    if (!known.has(key)) known.set(key, rateOf(from, to, day))
    return known.get(key)
  }
}
