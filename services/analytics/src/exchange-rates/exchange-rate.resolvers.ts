import { readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import type { Resolvers } from '../gen/resolvers.ts'
import { deleteExchangeRates } from './delete-exchange-rates.ts'
import { listExchangeRates } from './exchange-rate.queries.ts'
import { replaceExchangeRates } from './replace-exchange-rates.ts'
import { setExchangeRates } from './set-exchange-rates.ts'

export const exchangeRateResolvers = {
  Query: {
    exchangeRate: (_, { id }, { load }) => (isId(id) ? load.exchangeRate.load(id) : null),
    exchangeRates: (_, args, ctx) => readPage(ctx, args, listExchangeRates(args)),
  },
  Mutation: {
    setExchangeRates: (_, { input }, ctx) => setExchangeRates(ctx, input),
    replaceExchangeRates: (_, { input }, ctx) => replaceExchangeRates(ctx, input),
    deleteExchangeRates: (_, { input }, ctx) => deleteExchangeRates(ctx, input),
  },
  ExchangeRate: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.exchangeRate.load(id) : null),
    // The column has twelve decimals.
    rate: ({ rate }) => rate.replace(/\.?0+$/, ''),
  },
} satisfies Resolvers
