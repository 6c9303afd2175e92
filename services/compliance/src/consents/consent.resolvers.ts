import { effectiveConsents } from '../decisions/decision.rules.ts'
import type { Resolvers } from '../gen/resolvers.ts'
import { grantConsent, withdrawConsent } from './grant-consent.ts'

const MAX_ITEMS = 100

export const consentResolvers = {
  Mutation: {
    grantConsent: async (_, { input }, ctx) => ({ consent: await ctx.load.consent.load((await grantConsent(ctx, input)).id) }),
    withdrawConsent: async (_, { input }, ctx) => ({ consent: await ctx.load.consent.load((await withdrawConsent(ctx, input)).id) }),
  },
  Customer: {
    __resolveReference: ({ id }) => ({ id }),
    consents: async ({ id }, _args, { load }) => ((await load.consents.load(id)) ?? []).slice(0, MAX_ITEMS),
    effectiveConsents: async ({ id }, _args, { load }) => {
      const facts = ((await load.consents.load(id)) ?? []).toReversed()
      const purposes = await Promise.all([...new Set(facts.map(({ purpose }) => purpose))].map((key) => load.purpose.load(key)))
      return effectiveConsents(facts, new Map(purposes.filter((terms) => terms !== undefined).map((terms) => [terms.key, terms])))
    },
  },
} satisfies Resolvers
