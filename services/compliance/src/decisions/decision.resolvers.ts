import { readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import type { Resolvers } from '../gen/resolvers.ts'
import { listDecisions } from './list-decisions.ts'

export const decisionResolvers = {
  Query: { sendDecisions: (_, args, ctx) => readPage(ctx, args, listDecisions(args)) },
  SendDecision: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.decision.load(id) : null),
    decidedAt: ({ at }) => at,
  },
  Customer: { sendDecisions: ({ id }, args, { load }) => load.decisionsOfCustomer(id, args) },
} satisfies Resolvers
