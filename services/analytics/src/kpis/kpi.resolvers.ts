import type { Resolvers } from '../gen/resolvers.ts'
import { readKpis } from './read-kpis.ts'

export const kpiResolvers: Resolvers = { Query: { kpis: (_, args, ctx) => readKpis(ctx, args) } }
