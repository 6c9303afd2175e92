import type { Resolvers } from '../gen/resolvers.ts'
import { createSavedView } from './create-saved-view.ts'
import { deleteSavedView } from './delete-saved-view.ts'
import { readSavedViews } from './saved-view.queries.ts'
import { filterOf } from './saved-view.ts'
import { updateSavedView } from './update-saved-view.ts'

export const savedViewResolvers = {
  Query: { savedViews: (_, args, ctx) => readSavedViews(ctx, args) },
  Mutation: {
    createSavedView: async (_, { input }, ctx) => ({ savedView: await ctx.load.savedView.load((await createSavedView(ctx, input)).id) }),
    updateSavedView: async (_, { input }, ctx) => ({ savedView: await ctx.load.savedView.load((await updateSavedView(ctx, input)).id) }),
    deleteSavedView: async (_, { input }, ctx) => ({ deletedSavedViewId: (await deleteSavedView(ctx, input)).id }),
  },
  SavedView: {
    __resolveReference: ({ id }, ctx) => ctx.load.savedView.load(id),
    filter: (view, _args, ctx) => filterOf(ctx, view),
    orderBy: ({ orderField: field, orderDirection }) => (field ? { field, direction: orderDirection ?? 'ASC' } : null),
    isMine: ({ staffId }, _args, { viewer }) => staffId === viewer.id,
    owner: ({ staffId }, _args, ctx) => ctx.load.staff.load(staffId),
    ownerName: async ({ staffId }, _args, ctx) => (await ctx.load.staff.load(staffId))?.name ?? null,
  },
} satisfies Resolvers
