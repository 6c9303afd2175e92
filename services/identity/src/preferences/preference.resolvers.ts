import type { Resolvers } from '../gen/resolvers.ts'
import { readPreferences } from './preference.queries.ts'
import { setPreferences } from './set-preferences.ts'

export const preferenceResolvers = {
  Query: { preferences: (_, args, ctx) => readPreferences(ctx, args) },
  Mutation: {
    setPreferences: async (_, { input }, ctx) => {
      await setPreferences(ctx, input)
      return { preferences: await readPreferences(ctx, { keys: input.preferences.map(({ key }) => key) }) }
    },
  },
} satisfies Resolvers
