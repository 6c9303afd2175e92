import { currencyCode } from '@renmai/platform/serve/money'
import { z } from 'zod'

export const MAX_RATES = 1_000

/** A rate above zero, as exact as its column. */
export const rateText = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,12})?$/, 'must be a decimal number such as 7.1234, with at most 12 decimals')
  .refine((text) => /[1-9]/.test(text), 'must be more than zero')

export const source = z.string().trim().min(1).max(100)

export const ratePair = { base: currencyCode, quote: currencyCode }

/** Two different currencies. */
export const isPair = ({ base, quote }: { base: string; quote: string }): boolean => base !== quote
export const NO_PAIR = { message: 'must be another currency than the base', path: ['quote'] }

/** Refuses a second rate of the same key in one input: which one should count? */
export const once =
  <R>(keyOf: (rate: R) => string) =>
  (rates: readonly R[], context: z.RefinementCtx): void => {
    const seen = new Set<string>()
    for (const [index, rate] of rates.entries()) {
      if (seen.has(keyOf(rate))) context.addIssue({ code: 'custom', path: [index], message: 'is in the list twice' })
      seen.add(keyOf(rate))
    }
  }
