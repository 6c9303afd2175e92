import { failures } from '@renmai/platform/serve/errors'

export const exchangeRateFailure = failures({
  EXCHANGE_RATE_NOT_FOUND: ['NOT_FOUND', 'There is no such exchange rate'],
  EXCHANGE_RATE_OUTSIDE_SPAN: ['INVALID', 'The day must lie from {from} to {to}'],
  EXCHANGE_RATE_MISSING: [
    'INSUFFICIENT_DATA',
    'There is no exchange rate of {currency} to {wanted} for {day}, nor for the {days} days before it',
  ],
})
