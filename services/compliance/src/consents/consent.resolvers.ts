import type { Resolvers } from '../gen/resolvers.ts'
import { effectiveConsent } from './consent.rules.ts'
import type { Consent } from './consent.table.ts'
import { grantConsent, withdrawConsent } from './record-consent.ts'

const MAX_ITEMS = 100

export const consentResolvers: Resolvers = {
  Mutation: {
    grantConsent: async (_, { input }, ctx) => ({ consent: await grantConsent(ctx, input) }),
    withdrawConsent: async (_, { input }, ctx) => ({ consent: await withdrawConsent(ctx, input) }),
  },
  Customer: {
    __resolveReference: ({ id }) => ({ id }),
    consents: async ({ id }, _args, { load }) => ((await load.consents.load(id)) ?? []).toReversed().slice(0, MAX_ITEMS),
    effectiveConsents: async ({ id }, _args, { load }) => {
      const groups = Map.groupBy((await load.consents.load(id)) ?? [], (fact: Consent) => `${fact.purpose}|${fact.channel}`)
      return Promise.all(
        [...groups.values()].map(async (facts) => {
          const { purpose, channel } = facts[0]!
          const { isAllowed, reason, facts: deciding } = effectiveConsent(facts, (await load.noticeVersion.load(purpose)) ?? 0)
          return { purpose, channel, isAllowed, reason, since: deciding.at(-1)!.at }
        }),
      )
    },
    sendDecisions: async ({ id }, _args, { load }) => ((await load.decisions.load(id)) ?? []).slice(0, MAX_ITEMS),
  },
}
