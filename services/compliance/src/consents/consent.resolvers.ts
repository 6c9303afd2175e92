import { effectiveConsents } from '../decisions/decision.rules.ts'
import type { Resolvers } from '../gen/resolvers.ts'
import { grantConsent, withdrawConsent } from './grant-consent.ts'

const MAX_ITEMS = 100

export const consentResolvers = {
  Mutation: {
    grantConsent: async (_, { input }, ctx) => ({ consent: await grantConsent(ctx, input) }),
    withdrawConsent: async (_, { input }, ctx) => ({ consent: await withdrawConsent(ctx, input) }),
  },
  Customer: {
    __resolveReference: ({ id }) => ({ id }),
    consents: async ({ id }, _args, { load }) => ((await load.consents.load(id)) ?? []).slice(0, MAX_ITEMS),
    effectiveConsents: async ({ id }, _args, { load }) => {
      const facts = ((await load.consents.load(id)) ?? []).toReversed()
      const purposes = await Promise.all([...new Set(facts.map(({ purpose }) => purpose))].map((key) => load.purpose.load(key)))
      return effectiveConsents(facts, new Map(purposes.filter((terms) => terms !== undefined).map((terms) => [terms.key, terms])))
    },
    sendDecisions: async ({ id }, _args, { load }) => (await load.decisions.load(id)) ?? [],
  },
} satisfies Resolvers
