import { toMoney } from '@renmai/platform/serve/money'
import type { Resolvers } from '../gen/resolvers.ts'
import { readAttribution, readAttributionPath } from './read-attribution.ts'

export const attributionResolvers = {
  Query: {
    attribution: async (_, args, ctx) => {
      const { conversions, revenueMinor, currency, channels } = await readAttribution(ctx, args)
      return {
        conversions,
        revenue: toMoney(revenueMinor, currency),
        channels: channels.map((one) => ({
          channel: one.channel,
          conversions: (one.conversionsMicro / 1e6).toFixed(6),
          revenue: toMoney(one.revenueMinor, currency),
        })),
      }
    },
    attributionPath: (_, args, ctx) => readAttributionPath(ctx, args),
  },
} satisfies Resolvers
