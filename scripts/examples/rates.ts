import type { Example } from './example.ts'

const pair = { base: 'USD', quote: 'CNY' }

/** Calls about exchange rates: a bank's rates of two days, then the rates of a week, of which one is wrong. */
export const RATES: readonly Example[] = [
  {
    mutation: 'setExchangeRates',
    input: {
      source: 'central bank',
      rates: [
        { ...pair, day: '2026-03-02', rate: '7.1234' },
        { ...pair, day: '2026-03-03', rate: '7.1301', expectedVersion: 0 },
      ],
    },
    select: 'changed',
  },
  {
    mutation: 'replaceExchangeRates',
    input: { ...pair, from: '2026-03-02', to: '2026-03-08', source: 'central bank', rates: [{ day: '2026-03-02', rate: '7.1234' }] },
    select: 'changed deleted',
  },
  { mutation: 'deleteExchangeRates', input: { exchangeRateIds: ['<ExchangeRate>'] }, select: 'deleted' },
]
