import { readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import type { Context } from '../context.ts'
import type { Resolvers } from '../gen/resolvers.ts'
import { archiveLiveCode } from './archive-live-code.ts'
import { createLiveCode } from './create-live-code.ts'
import { codesBy } from './live-code.queries.ts'
import { problemOf, stateOf } from './live-code.rules.ts'
import { liveCodes } from './live-code.table.ts'
import { restoreLiveCode } from './restore-live-code.ts'
import { updateLiveCode } from './update-live-code.ts'

const { id: by, name } = liveCodes
/** Ids sort by their time. */
const orders = { CREATED_AT: by, NAME: name }

const codeOf = async ({ load }: Context, changed: Promise<{ id: string }>) => ({ liveCode: await load.liveCode.load((await changed).id) })

export const liveCodeResolvers = {
  Query: {
    liveCode: (_, { id }, { load }) => (isId(id) ? load.liveCode.load(id) : null),
    liveCodes: (_, { filter, ...args }, ctx) => readPage(ctx, args, { table: liveCodes, by, orders, where: codesBy(filter) }),
  },
  Mutation: {
    createLiveCode: (_, { input }, ctx) => codeOf(ctx, createLiveCode(ctx, input)),
    updateLiveCode: (_, { input }, ctx) => codeOf(ctx, updateLiveCode(ctx, input)),
    archiveLiveCode: (_, { input }, ctx) => codeOf(ctx, archiveLiveCode(ctx, input)),
    restoreLiveCode: (_, { input }, ctx) => codeOf(ctx, restoreLiveCode(ctx, input)),
  },
  LiveCode: {
    __resolveReference: ({ id }, { load }) => load.liveCode.load(id),
    state: stateOf,
    problem: problemOf,
    stats: async ({ id }, _args, { load }) => (await load.liveCodeStats.load(id)) ?? { added: 0, lost: 0, welcomed: 0, missed: 0 },
  },
} satisfies Resolvers
