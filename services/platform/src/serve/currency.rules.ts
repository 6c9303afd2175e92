const CURRENCIES = new Set(Intl.supportedValuesOf('currency'))

/** Whether a code is the ISO 4217 code of an existing currency. */
export const isCurrency = (code: string): boolean => CURRENCIES.has(code)

/** Digits of a currency after the decimal point, as ISO 4217 lists them: 2 for CNY, 0 for JPY, 3 for KWD. */
export function digitsOf(currency: string): number {
  const known = digits.get(currency)
  if (known !== undefined) return known
  const found = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  if (isCurrency(currency)) digits.set(currency, found)
  return found
}
/** A formatter costs more than the rest of reading an amount. */
const digits = new Map<string, number>()

/** An amount as text with all decimals of its currency. @param minor in the currency's smallest unit */
export function decimalOf(minor: bigint | number | string, currency: string): string {
  const [value, digits] = [BigInt(minor), digitsOf(currency)]
  const text = String(value < 0 ? -value : value).padStart(digits + 1, '0')
  const whole = text.slice(0, text.length - digits)
  return `${value < 0 ? '-' : ''}${whole}${digits === 0 ? '' : `.${text.slice(-digits)}`}`
}

const DECIMAL = /^([+-]?)(\d{1,15})(?:\.(\d{1,12}))?$/

/**
 * An amount as text in the currency's smallest unit, exactly: it never becomes a binary fraction.
 * @returns undefined for a text that is no decimal number, has more decimals than the currency, or is too large to be exact
 */
export function readMinor(text: string, currency: string): number | undefined {
  const [, sign = '', whole, fraction = ''] = DECIMAL.exec(text.trim()) ?? []
  const [kept, places] = [fraction.replace(/0+$/, ''), digitsOf(currency)]
  if (whole === undefined || kept.length > places) return undefined
  const minor = Number(`${sign === '-' ? '-' : ''}${whole}${kept.padEnd(places, '0')}`)
  return Number.isSafeInteger(minor) ? minor + 0 : undefined
}
