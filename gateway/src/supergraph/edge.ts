import { AppError } from '@renmai/platform/serve/errors'
import { readGlobalId } from '@renmai/platform/serve/global-id'
import type { Log } from '@renmai/platform/serve/log'
import { createSharedCache } from '@renmai/platform/serve/shared-cache'
import { buildSchema, maskErrors } from '@renmai/platform/serve/subgraph'
import { type DocumentNode, execute, parse } from 'graphql'
import type { Caller } from '../callers/authenticate.ts'
import type { Balance, Budget } from '../cost/budget.ts'
import { accountOf } from '../cost/charge.ts'
import type { AskSubgraph, SubgraphResult } from '../execution/step.ts'
import { edgeSdl } from './edge-sdl.ts'
import { NODES } from './nodes.gen.ts'

type Context = { caller: Caller; budget: Budget }
type Stub = { __typename: string; id: string }

const MAX_NODES = 100
const MAX_BYTES = 4 * 1024 ** 2
/** Memory of a parsed document, for each character of its text. */
const BYTES_PER_CHARACTER = 20

const resolvers = {
  Query: {
    node: (_: unknown, { id }: { id: string }) => stubOf(id),
    nodes: (_: unknown, { ids }: { ids: string[] }) => {
      if (ids.length > MAX_NODES) throw new AppError('INVALID', `ids must be at most ${MAX_NODES}`, { ids: `at most ${MAX_NODES}` })
      return ids.map(stubOf)
    },
    rateLimit: (_: unknown, _args: object, { caller, budget }: Context): Balance => budget.look(accountOf(caller), caller.plan),
  },
  Node: { __resolveType: ({ __typename }: Stub) => __typename },
}

/** Does not check that the object exists; its owner is queried next and decides. */
function stubOf(text: string): Stub | null {
  const found = readGlobalId(text)
  return found && Object.hasOwn(NODES, found.type) ? { __typename: found.type, id: found.id } : null
}

/** The subgraph that the gateway answers itself. It is called like the others, without the network. */
export function createEdge(budget: Budget, log: Log): AskSubgraph {
  const schema = buildSchema([parse(edgeSdl)], resolvers, { readsGlobalIds: false })
  const documents = createSharedCache<DocumentNode>(MAX_BYTES)
  const find = (query: string, owner: string) => {
    const known = documents.get(query)
    const document = known ?? parse(query, { noLocation: true })
    if (!known) documents.set(query, owner, query.length * BYTES_PER_CHARACTER, document)
    return document
  }
  return async (viewer, body) => {
    const { query, variables, operationName } = JSON.parse(body) as { query: string; variables: object; operationName?: string }
    const contextValue = { caller: viewer as Caller, budget }
    const document = find(query, viewer.tenantId)
    const result = await execute({ schema, document, variableValues: { ...variables }, operationName, contextValue })
    return maskErrors(result, log, '') as SubgraphResult
  }
}
