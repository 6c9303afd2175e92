import { readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import { live } from '@renmai/platform/serve/resolvers'
import type { Context } from '../context.ts'
import type { Resolvers } from '../gen/resolvers.ts'
import { showClause } from './compile-clause.rules.ts'
import { createSegment } from './create-segment.ts'
import { previewSegment } from './preview-segment.ts'
import { listSegments } from './segment.queries.ts'
import { problemOf } from './segment.rules.ts'

export const segmentResolvers = {
  Subscription: {
    segmentChanged: live(({ type, segmentId, customerId }, _args, { load }: Context) => ({
      segment: load.segment.load(segmentId!),
      customer: { id: customerId },
      hasEntered: type.endsWith('.SegmentEntered'),
    })),
  },
  Query: {
    segments: (_, args, ctx) => readPage(ctx, args, listSegments(args)),
    segment: (_, { id }, { load }) => (isId(id) ? load.segment.load(id) : null),
    previewSegment: (_, { definition }, ctx) => previewSegment(ctx, definition),
  },
  Mutation: {
    createSegment: async (_, { input }, ctx) => ({ segment: await ctx.load.segment.load((await createSegment(ctx, input)).id) }),
  },
  Segment: {
    __resolveReference: ({ id }, { load }) => load.segment.load(id),
    isReady: (segment) => segment.sweptAt !== null,
    problem: ({ problem }) => problemOf(problem),
    definition: async ({ definition }, _args, { load, viewer }) => showClause(definition, (await load.currency.load(viewer.tenantId))!),
    size: async ({ id }, _args, { load }) => (await load.segmentSize.load(id)) ?? 0,
    members: async ({ id }, args, { load }) => {
      const members = await load.membersOf(id, args)
      const idOf = ({ customerId }: { customerId: string }) => ({ id: customerId })
      return { ...members, nodes: members.nodes.map(idOf), edges: members.edges.map(({ cursor, node }) => ({ cursor, node: idOf(node) })) }
    },
  },
  Customer: {
    // A caller may have the id of a customer that was merged away meanwhile.
    __resolveReference: async ({ id }, { load }) => ({ id: await load.currentCustomer(id) }),
    segments: ({ id }, args, { load }) => load.segmentsOf(id, args),
  },
} satisfies Resolvers
