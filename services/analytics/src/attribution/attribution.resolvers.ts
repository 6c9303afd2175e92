import type { Resolvers } from '../gen/resolvers.ts'
import { readAttribution, readAttributionPath } from './read-attribution.ts'

const money = (amountMinor: number, currency: string) => ({ amountMinor: String(amountMinor), currency })

export const attributionResolvers = {
  Query: {
    attribution: async (_, args, ctx) => {
      const { conversions, revenueMinor, currency, channels } = await readAttribution(ctx, args)
      return {
        conversions,
        revenue: money(revenueMinor, currency),
        channels: channels.map((one) => ({
          channel: one.channel,
          conversions: (one.conversionsMicro / 1e6).toFixed(6),
          revenue: money(one.revenueMinor, currency),
        })),
      }
    },
    attributionPath: (_, args, ctx) => readAttributionPath(ctx, args),
  },
} satisfies Resolvers
