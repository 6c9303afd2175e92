import { readFirst } from '@renmai/platform/db/read-page'
import type { Resolvers } from '../gen/resolvers.ts'
import { createTag } from './create-tag.ts'
import { createTagGroup } from './create-tag-group.ts'
import { tagGroups } from './tag.table.ts'
import { tagProfiles, untagProfiles } from './tag-profiles.ts'

const MAX_GROUPS = 1_000

export const tagResolvers = {
  Query: {
    tagGroups: (_, _args, ctx) => readFirst(ctx, MAX_GROUPS, { table: tagGroups, by: tagGroups.foldedName }),
  },
  Mutation: {
    createTagGroup: async (_, { input }, ctx) => ({ group: await ctx.load.tagGroup.load((await createTagGroup(ctx, input)).id) }),
    createTag: async (_, { input }, ctx) => ({ tag: await ctx.load.tag.load((await createTag(ctx, input)).id) }),
    tagProfiles: (_, { input }, ctx) => tagProfiles(ctx, input),
    untagProfiles: (_, { input }, ctx) => untagProfiles(ctx, input),
  },
  Tag: {
    __resolveReference: ({ id }, ctx) => ctx.load.tag.load(id),
    group: (tag, _args, ctx) => ctx.load.tagGroup.load(tag.groupId),
  },
  Customer: { tags: async ({ id }, _args, ctx) => (await ctx.load.tags.load(id)) ?? [] },
  TagGroup: { tags: async (group, _args, ctx) => (await ctx.load.tagsOfGroup.load(group.id)) ?? [] },
} satisfies Resolvers
