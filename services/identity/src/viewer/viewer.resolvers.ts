import type { Resolvers } from '../gen/resolvers.ts'
import { readOtherTenants } from './read-other-tenants.ts'
import { readViewer } from './read-viewer.ts'

export const viewerResolvers = {
  Query: { viewer: (_, _args, ctx) => readViewer(ctx) },
  Viewer: { otherTenants: ({ subject }, _args, ctx) => (subject ? readOtherTenants(ctx, subject) : []) },
} satisfies Resolvers
