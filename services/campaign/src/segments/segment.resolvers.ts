import { readFirst, readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import { live } from '@renmai/platform/serve/resolvers'
import type { Context } from '../context.ts'
import type { Resolvers } from '../gen/resolvers.ts'
import { createSegment } from './create-segment.ts'
import { previewSegment } from './preview-segment.ts'
import { segmentMembers, segments } from './segment.table.ts'

const MAX_SEGMENTS = 1_000

export const segmentResolvers = {
  Subscription: {
    segmentChanged: live(({ type, segmentId, customerId }, _args, { load }: Context) => ({
      segment: load.segment.load(segmentId!),
      customer: { id: customerId },
      hasEntered: type.endsWith('.SegmentEntered'),
    })),
  },
  Query: {
    segments: (_, _args, ctx) => readFirst(ctx, MAX_SEGMENTS, { table: segments, by: segments.name }),
    segment: (_, { id }, { load }) => (isId(id) ? load.segment.load(id) : null),
    previewSegment: (_, { definition }, ctx) => previewSegment(ctx, definition),
  },
  Mutation: {
    createSegment: async (_, { input }, ctx) => ({ segment: await ctx.load.segment.load((await createSegment(ctx, input)).id) }),
  },
  Segment: {
    __resolveReference: ({ id }, { load }) => load.segment.load(id),
    isReady: (segment) => segment.sweptAt !== null,
    size: async ({ id }, _args, { load }) => (await load.segmentSize.load(id)) ?? 0,
    members: async ({ id }, args, ctx) => {
      const members = await readPage(ctx, args, { table: segmentMembers, by: segmentMembers.customerId, given: { segmentId: id } })
      const idOf = ({ customerId }: { customerId: string }) => ({ id: customerId })
      return { ...members, nodes: members.nodes.map(idOf), edges: members.edges.map(({ cursor, node }) => ({ cursor, node: idOf(node) })) }
    },
  },
  Customer: {
    __resolveReference: ({ id }) => ({ id }),
    segments: async ({ id }, _args, { load }) => (await load.segmentsOf.load(id)) ?? [],
  },
} satisfies Resolvers
