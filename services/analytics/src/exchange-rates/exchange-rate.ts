/** Exports for other features. */
export { readRates } from './exchange-rate.queries.ts'
