import { isId } from '@renmai/platform/serve/ids'
import type { Resolvers } from '../gen/resolvers.ts'
import { archiveTag, restoreTag } from './archive-tag.ts'
import { archiveTagGroup, restoreTagGroup } from './archive-tag-group.ts'
import { createTag } from './create-tag.ts'
import { createTagGroup } from './create-tag-group.ts'
import { listTagGroups } from './list-tag-groups.ts'
import { listTags } from './list-tags.ts'
import { byName, unarchived } from './listed-tags.ts'
import { tagProfiles, untagProfiles } from './tag-profiles.ts'
import { updateTag } from './update-tag.ts'
import { updateTagGroup } from './update-tag-group.ts'

export const tagResolvers = {
  Query: {
    tag: (_, { id }, ctx) => (isId(id) ? ctx.load.tag.load(id) : null),
    tags: (_, args, ctx) => listTags(ctx, args),
    tagGroup: (_, { id }, ctx) => (isId(id) ? ctx.load.tagGroup.load(id) : null),
    tagGroups: (_, args, ctx) => listTagGroups(ctx, args),
  },
  Mutation: {
    createTagGroup: async (_, { input }, ctx) => ({ group: await ctx.load.tagGroup.load((await createTagGroup(ctx, input)).id) }),
    updateTagGroup: async (_, { input }, ctx) => ({ group: await ctx.load.tagGroup.load((await updateTagGroup(ctx, input)).id) }),
    archiveTagGroup: async (_, { input }, ctx) => ({ group: await ctx.load.tagGroup.load((await archiveTagGroup(ctx, input)).id) }),
    restoreTagGroup: async (_, { input }, ctx) => ({ group: await ctx.load.tagGroup.load((await restoreTagGroup(ctx, input)).id) }),
    createTag: async (_, { input }, ctx) => ({ tag: await ctx.load.tag.load((await createTag(ctx, input)).id) }),
    updateTag: async (_, { input }, ctx) => ({ tag: await ctx.load.tag.load((await updateTag(ctx, input)).id) }),
    archiveTag: async (_, { input }, ctx) => ({ tag: await ctx.load.tag.load((await archiveTag(ctx, input)).id) }),
    restoreTag: async (_, { input }, ctx) => ({ tag: await ctx.load.tag.load((await restoreTag(ctx, input)).id) }),
    tagProfiles: (_, { input }, ctx) => tagProfiles(ctx, input),
    untagProfiles: (_, { input }, ctx) => untagProfiles(ctx, input),
  },
  Tag: {
    __resolveReference: ({ id }, ctx) => ctx.load.tag.load(id),
    group: (tag, _args, ctx) => ctx.load.tagGroup.load(tag.groupId),
  },
  Customer: { tags: ({ id }, args, ctx) => ctx.load.tagsOfCustomer(id, byName(args)) },
  TagGroup: {
    __resolveReference: ({ id }, ctx) => ctx.load.tagGroup.load(id),
    tags: (group, args, ctx) => ctx.load.tagsOfGroup(group.id, byName(unarchived(args))),
  },
} satisfies Resolvers
