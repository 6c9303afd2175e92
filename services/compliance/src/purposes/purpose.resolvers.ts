import { readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import type { Resolvers } from '../gen/resolvers.ts'
import { archivePurpose, restorePurpose } from './archive-purpose.ts'
import { createPurpose } from './create-purpose.ts'
import { listPurposes } from './list-purposes.ts'
import { updatePurpose } from './update-purpose.ts'

export const purposeResolvers = {
  Query: {
    purpose: (_, { id }, { load }) => (isId(id) ? load.purpose.load(id) : null),
    purposes: (_, args, ctx) => readPage(ctx, args, listPurposes(args)),
  },
  Mutation: {
    createPurpose: async (_, { input }, ctx) => ({ purpose: await ctx.load.purpose.load((await createPurpose(ctx, input)).id) }),
    updatePurpose: async (_, { input }, ctx) => ({ purpose: await ctx.load.purpose.load((await updatePurpose(ctx, input)).id) }),
    archivePurpose: async (_, { input }, ctx) => ({ purpose: await ctx.load.purpose.load((await archivePurpose(ctx, input)).id) }),
    restorePurpose: async (_, { input }, ctx) => ({ purpose: await ctx.load.purpose.load((await restorePurpose(ctx, input)).id) }),
  },
  Purpose: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.purpose.load(id) : null),
    notice: async ({ id, noticeVersion }, _args, { load }) =>
      (await load.notices(id, { first: 1 })).nodes.find(({ version }) => version === noticeVersion),
    notices: ({ id }, args, { load }) => load.notices(id, args),
    versions: async ({ id }, _args, { load }) => (await load.purposeVersions.load(id)) ?? [],
  },
  PurposeNotice: { __resolveReference: ({ id }, { load }) => (isId(id) ? load.notice.load(id) : null) },
} satisfies Resolvers
