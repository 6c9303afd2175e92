import { readFileSync } from 'node:fs'
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'

/** @apollo/gateway in @apollo/server as their documentation starts them, without access or cost. Prints its address. */
const urls = JSON.parse(process.argv[2]!) as Record<string, string>
const supergraphSdl = readFileSync(new URL('../../../gateway/supergraph.graphql', import.meta.url), 'utf8')
const gateway = new ApolloGateway({
  supergraphSdl: supergraphSdl.replaceAll(', for: SECURITY', ''),
  buildService: ({ name }) => new RemoteGraphQLDataSource({ url: urls[name]! }),
})
const server = new ApolloServer({ gateway })
const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } })
process.stdout.write(`READY ${url}\n`)
