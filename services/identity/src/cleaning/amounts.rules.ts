/** An amount of money with the code of its currency. A symbol such as ¥ is the one of several, so it needs the currency of the field. */

import { decimalOf, digitsOf, isCurrency, readMinor } from '@renmai/platform/serve/currency.rules'

/** A text with a code of three letters in front or behind. */
const CODED = /^([A-Za-z]{3}(?![A-Za-z]))?\s*(.*?)\s*((?<![A-Za-z])[A-Za-z]{3})?$/
/** Symbols and words for a currency; ¥ is the yuan and the yen. */
const SYMBOLS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^[¥￥]|元$/u, ['CNY', 'JPY']],
  [/^\$/u, ['USD', 'HKD', 'TWD', 'SGD', 'AUD', 'CAD']],
  [/^€|€$/u, ['EUR']],
  [/^£/u, ['GBP']],
]

/**
 * @param currency code of the field, for texts without one
 * @returns the amount and the code, as in `1234.50 CNY`; NO_CURRENCY for an amount whose currency is not known; undefined for a text that
 *   is no amount, or has more decimals than its currency
 */
export function amountOf(text: string, currency: string | null): string | undefined {
  const parts = partsOf(text)
  if (!parts) return undefined
  const known = parts.code || currency
  if (!known) return 'NO_CURRENCY'
  if (parts.currencies && !parts.currencies.includes(known)) return undefined
  const plain = withoutGroups(parts.number, known)
  const minor = plain === undefined ? undefined : readMinor(plain, known)
  return minor === undefined ? undefined : `${decimalOf(minor, known)} ${known}`
}

/** The digits of an amount, its code if it has one, and the currencies of its symbol. */
function partsOf(text: string): { number: string; code: string; currencies: readonly string[] | undefined } | undefined {
  const folded = text.normalize('NFKC').trim()
  const [, before = '', middle = '', behind = ''] = CODED.exec(folded)!
  const code = (before || behind).toUpperCase()
  if ((before && behind) || (code && !isCurrency(code))) return undefined
  const [pattern, currencies] = SYMBOLS.find(([symbol]) => symbol.test(middle)) ?? []
  const number = pattern ? middle.replace(pattern, '').trim() : middle
  return /^[+-]?\d[\d,]*(\.\d+)?$/.test(number) ? { number, code, currencies } : undefined
}

/** An amount as `amountOf` writes it. */
export function readAmount(text: string): { amount: string; currency: string } | undefined {
  const [, amount, currency] = /^(-?\d+(?:\.\d+)?) ([A-Z]{3})$/.exec(text) ?? []
  return amount && currency ? { amount, currency } : undefined
}

/** Groups of three digits. One comma before three digits is the decimal point of a currency with three decimals, perhaps. */
function withoutGroups(number: string, currency: string): string | undefined {
  if (!number.includes(',')) return number
  if (!/^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(number)) return undefined
  if (digitsOf(currency) === 3 && /^[^,]*,\d{3}$/.test(number)) return undefined
  return number.replaceAll(',', '')
}
