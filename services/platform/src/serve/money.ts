import { z } from 'zod'
import { decimalOf, digitsOf, isCurrency } from './currency.rules.ts'

/** An amount as the API shows it: `Money` of the SDL. */
export type Money = { amount: string; currency: string }

/** @param minor in the currency's smallest unit: 1999 is 19.99 yuan */
export const toMoney = (minor: bigint | number | string, currency: string): Money => ({ amount: decimalOf(minor, currency), currency })

/** ISO 4217 code of an existing currency. */
export const currencyCode = z.string().refine(isCurrency, 'must be an ISO 4217 code such as CNY')

/**
 * `MoneyInput` of the SDL, as a number of the currency's smallest unit. An amount with more digits than the currency has is
 * refused, not rounded. A caller that takes no negative amounts checks `minor`.
 */
export const moneyInput = z
  .object({ amount: z.string().regex(/^-?\d{1,15}(\.\d{1,6})?$/, 'must be a decimal number such as 19.99'), currency: currencyCode })
  .transform(({ amount, currency }, context) => {
    const [, sign, whole, fraction = ''] = /^(-?)(\d+)\.?(\d*)$/.exec(amount)!
    const digits = digitsOf(currency)
    const kept = fraction.replace(/0+$/, '')
    const minor = Number(`${sign}${whole}${kept.padEnd(digits, '0')}`)
    if (kept.length <= digits && Number.isSafeInteger(minor)) return { minor: minor + 0, currency }
    const message = kept.length > digits ? `${currency} has ${digits} decimal places` : 'is too large'
    context.addIssue({ code: 'custom', path: ['amount'], message })
    return z.NEVER
  })
