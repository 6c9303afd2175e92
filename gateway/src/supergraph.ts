import './disable-telemetry.ts'
import { ApolloGateway } from '@apollo/gateway'
import type { Signer } from '@renmai/platform/viewer'
import type { GraphQLSchema } from 'graphql'
import { PooledDataSource } from './data-source.ts'

export type Supergraph = { schema: GraphQLSchema; executor: ApolloGateway['executor']; stop: () => Promise<void> }

/**
 * Loads the composed schema. The access directives stay in the file for whoever reads it; the gateway refuses to load
 * what is marked `for: SECURITY` without enforcing it, so the mark is taken off the copy that it gets. Subgraphs enforce
 * the directives.
 * @param urls GraphQL address by subgraph
 */
export async function loadSupergraph(sdl: string, urls: Record<string, string>, signer: Signer): Promise<Supergraph> {
  const sources: PooledDataSource[] = []
  const gateway = new ApolloGateway({
    supergraphSdl: sdl.replaceAll(', for: SECURITY', ''),
    buildService: ({ name }) => {
      const source = new PooledDataSource(name, urls[name]!, signer)
      sources.push(source)
      return source
    },
  })
  const { schema, executor } = await gateway.load()
  const stop = async () => {
    await gateway.stop()
    await Promise.all(sources.map((source) => source.close()))
  }
  return { schema, executor: executor as ApolloGateway['executor'], stop }
}
