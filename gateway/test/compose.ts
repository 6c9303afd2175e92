import { composeServices } from '@apollo/composition'
import { type ExecutionResult, parse } from 'graphql'
import type { AskSubgraph, SubgraphResult } from '../src/execution/step.ts'
import { loadSupergraph } from '../src/supergraph/supergraph.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.14",
  import: ["@key", "@shareable", "@interfaceObject", "@external", "@requires", "@requiresScopes"])`
const viewer = { kind: 'STAFF', id: 'staff', tenantId: 'tenant', scopes: new Set<string>() } as const

/** What a subgraph answers. @param representations of the entities that it was queried for */
export type Answers = (representations: { __typename: string; id: string }[]) => SubgraphResult | Promise<SubgraphResult>

/** A gateway over subgraphs that answer the same to each query. */
export async function composeSubgraphs(subgraphs: Record<string, { sdl: string; answers: Answers }>) {
  const services = Object.entries(subgraphs).map(([name, { sdl }]) => ({ name, url: 'http://nowhere', typeDefs: parse(`${LINK} ${sdl}`) }))
  const { supergraphSdl, errors } = composeServices(services)
  if (errors) throw errors[0]!
  const asks = Object.entries(subgraphs).map(([name, { answers }]): [string, AskSubgraph] => [
    name,
    async (_viewer, body) => structuredClone(await answers(JSON.parse(body).variables.representations ?? [])),
  ])
  const supergraph = await loadSupergraph(supergraphSdl!, new Map(asks), { idTypes: new Map(), nodes: {} })
  return async (source: string, variables: Record<string, unknown> = {}): Promise<ExecutionResult> => {
    const { document } = supergraph.documents.find(source, 'tenant')
    return supergraph.execute({ document, operationName: undefined, variables, viewer })
  }
}
