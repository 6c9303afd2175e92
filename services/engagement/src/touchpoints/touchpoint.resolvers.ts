import { readPage } from '@renmai/platform/db/read-page'
import { writeDuration } from '@renmai/platform/serve/duration'
import { toMoney } from '@renmai/platform/serve/money'
import type { Resolvers } from '../gen/resolvers.ts'
import { takeEvents } from './take-events.ts'
import { checkTouchpointFilter, listTouchpoints } from './touchpoint.queries.ts'

const LATEST = { field: 'OCCURRED_AT', direction: 'DESC' } as const

export const touchpointResolvers = {
  Query: {
    touchpoints: (_, args, ctx) => {
      checkTouchpointFilter(args.filter)
      return readPage(ctx, args, listTouchpoints(args))
    },
  },
  Mutation: {
    ingestEvents: (_, { input }, ctx) => takeEvents(ctx, input),
  },
  Touchpoint: {
    __resolveReference: ({ id }, { load }) => load.touchpoint.load(id),
    properties: ({ properties }) => Object.entries(properties ?? {}).map(([key, value]) => ({ key, value })),
    customer: async ({ profileId }, _args, { load }) => {
      const id = profileId && (await load.customerOf.load(profileId))?.customerId
      return id ? { id } : null
    },
  },
  TouchpointDetails: {
    category: ({ categoryId }, _args, { load }) => (categoryId ? load.categoryOfCode.load(categoryId) : null),
    amount: ({ amountMinor, currency }) => (amountMinor === undefined || !currency ? null : toMoney(amountMinor, currency)),
    duration: ({ durationS }) => (durationS === undefined ? null : writeDuration(durationS)),
    extras: ({ extras }) => extras ?? [],
  },
  TouchpointExtra: {
    number: (extra) => ('number' in extra ? extra.number : null),
    code: (extra) => ('code' in extra ? extra.code : null),
    boolean: (extra) => ('boolean' in extra ? extra.boolean : null),
    time: (extra) => ('time' in extra ? new Date(extra.time) : null),
  },
  IngestResult: {
    warnings: ({ warnings }) => warnings ?? [],
  },
  Customer: {
    // A caller may have the id of a customer that was merged away meanwhile.
    __resolveReference: async ({ id }, { load }) => ({ id: await load.currentCustomer(id) }),
    lastSeenAt: async ({ id }, _args, { load }) => (await load.lastTouchpoint.load(id))?.[0]?.occurredAt,
    touchpoints: ({ id }, args, { load }) => load.touchpointsOf(id, { ...args, orderBy: args.orderBy ?? LATEST }),
  },
} satisfies Resolvers
