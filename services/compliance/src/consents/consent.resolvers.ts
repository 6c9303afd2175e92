import { readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import { effectiveConsents } from '../decisions/decision.rules.ts'
import type { Resolvers } from '../gen/resolvers.ts'
import { grantConsent } from './grant-consent.ts'
import { listConsents } from './list-consents.ts'
import { openProof } from './proof.ts'
import { withdrawConsent } from './withdraw-consent.ts'

export const consentResolvers = {
  Query: { consents: (_, args, ctx) => readPage(ctx, args, listConsents(args)) },
  Mutation: {
    grantConsent: async (_, { input }, ctx) => {
      const { id, storedCount } = await grantConsent(ctx, input)
      return { consent: await ctx.load.consent.load(id), storedCount }
    },
    withdrawConsent: async (_, { input }, ctx) => {
      const { id, storedCount } = await withdrawConsent(ctx, input)
      return { consent: await ctx.load.consent.load(id), storedCount }
    },
  },
  Consent: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.consent.load(id) : null),
    state: ({ status }) => status,
    statedAt: ({ at }) => at,
    isAboutAddress: ({ identifierId }) => identifierId !== null,
    proof: ({ id, proof }, _args, { keyRing, viewer }) => openProof(keyRing, viewer.tenantId, id, proof),
  },
  Customer: {
    // A caller may have the id of a customer that was merged away meanwhile.
    __resolveReference: async ({ id }, { load }) => ({ id: await load.currentCustomer(id) }),
    consents: ({ id }, args, { load }) => load.consentsOfCustomer(id, args),
    effectiveConsents: async ({ id }, _args, { load, now }) => {
      const facts = (await load.latestConsents.load(id)) ?? []
      const purposes = await Promise.all([...new Set(facts.map(({ purpose }) => purpose))].map((key) => load.purposeByKey.load(key)))
      return effectiveConsents(facts, new Map(purposes.filter((terms) => terms !== undefined).map((terms) => [terms.key, terms])), now())
    },
  },
} satisfies Resolvers
