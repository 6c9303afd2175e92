import type { Resolvers } from '../gen/resolvers.ts'

export const contactResolvers = {
  Contact: { liveCode: ({ liveCodeId }, _args, { load }) => (liveCodeId ? load.liveCode.load(liveCodeId) : null) },
  Customer: { contacts: async ({ id }, _args, { load }) => (await load.contacts.load(id)) ?? [] },
} satisfies Resolvers
