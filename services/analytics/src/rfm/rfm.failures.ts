import { failures } from '@renmai/platform/serve/errors'

export const rfmFailure = failures({
  RFM_CUTS_MISSING: ['INVALID', 'FIXED needs cuts'],
  RFM_TOO_FEW_CUSTOMERS: ['INSUFFICIENT_DATA', 'Only {customers} customers have orders, {needed} are needed. Use FIXED with cuts.'],
  RFM_ALL_EQUAL: ['INSUFFICIENT_DATA', 'RFM has nothing to compare: all customers have the same {measure}. Use FIXED with cuts.'],
  RFM_CURRENCY_WRONG: ['INVALID', 'The currency must be {currency}, the one of the run'],
})
