import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { getMainDefinition } from '@apollo/client/utilities'
import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { cacheExchange, fetchExchange, type SubscriptionForwarder, subscriptionExchange, Client as Urql } from '@urql/core'
import { type ExecutionResult, Kind, OperationTypeNode } from 'graphql'
import { createClient as createEventClient } from 'graphql-sse'
import { type Client, createClient } from 'graphql-ws'
import { afterEach, describe, expect, it } from 'vitest'
import { liveSeed, mine } from '../../test/live-seed.ts'

const seed = liveSeed()
const [QUERY, MUTATION] = [
  'query People { people { id name orders } }',
  'mutation Rename($name: String!) { rename(id: "1", name: $name) { id name } }',
]
const [SUBSCRIPTION, INVALID] = ['subscription Changed { changed { id name } }', 'query Invalid { mood }']
const bearer = `Bearer a|${mine}|x`
const headers = { authorization: bearer }

/** What a page does with a client. */
type Used = {
  once: (document: string, variables?: Record<string, unknown>) => Promise<{ data?: unknown; errors?: unknown }>
  follow: (document: string, told: (data: unknown) => void) => () => void
  stop: () => void
}

let used: Used | undefined
afterEach(() => used?.stop())

const overSocket = () =>
  createClient({ url: seed.url.replace('http', 'ws'), connectionParams: { headers: { Authorization: bearer } }, retryAttempts: 0 })
/** graphql-sse and graphql-ws have the same interface. */
const overEvents = () => createEventClient({ url: seed.url, headers, retryAttempts: 0 }) as unknown as Client

function plain(client: Client): Used {
  return {
    once: async (query, variables = {}) => {
      const results = client.iterate({ query, variables })
      const { value } = (await results.next()) as { value: ExecutionResult }
      await results.return?.()
      return value
    },
    follow: (query, told) =>
      client.subscribe({ query }, { next: ({ data }) => told(data), error: () => undefined, complete: () => undefined }),
    stop: () => void client.dispose(),
  }
}

function urqlOver(client: Client): Used {
  const forwardSubscription: SubscriptionForwarder = ({ query = '', variables }) => ({
    subscribe: (sink) => ({ unsubscribe: client.subscribe({ query, variables: { ...variables } }, sink as never) }),
  })
  const exchanges = [cacheExchange, fetchExchange, subscriptionExchange({ forwardSubscription })]
  const urql = new Urql({ url: seed.url.replace('/stream', ''), exchanges, fetchOptions: { headers }, preferGetMethod: false })
  return urqlUsed(urql, () => void client.dispose())
}

/** urql reads streams with its own code, from one endpoint for everything. It leaves the rejection of an aborted stream unhandled. */
function urqlAlone(): Used {
  const unaborted: typeof fetch = (target, options) => fetch(target, { ...options, signal: null })
  const options = { fetchSubscriptions: true, fetchOptions: { headers }, fetch: unaborted, preferGetMethod: false }
  return urqlUsed(new Urql({ url: seed.url, exchanges: [fetchExchange], ...options }))
}

function urqlUsed(urql: Urql, stop = () => undefined as void): Used {
  return {
    once: async (document, variables = {}) => {
      const { data, error } = await (document.startsWith('mutation')
        ? urql.mutation(document, variables)
        : urql.query(document, variables)
      ).toPromise()
      return { data, errors: error?.graphQLErrors }
    },
    follow: (document, told) => {
      const subscription = urql.subscription(document, {}).subscribe(({ data }) => told(data))
      return () => subscription.unsubscribe()
    },
    stop,
  }
}

function apollo(): Used {
  const socket = overSocket()
  const http = new HttpLink({ uri: seed.url.replace('/stream', ''), headers })
  const link = ApolloLink.split(
    ({ query }) => {
      const main = getMainDefinition(query)
      return main.kind === Kind.OPERATION_DEFINITION && main.operation === OperationTypeNode.SUBSCRIPTION
    },
    new GraphQLWsLink(socket),
    http,
  )
  return apolloUsed(new ApolloClient({ link, cache: new InMemoryCache() }), socket)
}

function apolloOverSocket(): Used {
  const socket = overSocket()
  return apolloUsed(new ApolloClient({ link: new GraphQLWsLink(socket), cache: new InMemoryCache() }), socket)
}

function apolloUsed(client: ApolloClient, socket: Client): Used {
  return {
    once: async (document, variables = {}) => {
      const options = { errorPolicy: 'all', variables } as const
      const { data, error } = document.startsWith('mutation')
        ? await client.mutate({ mutation: gql(document), ...options })
        : await client.query({ query: gql(document), ...options })
      return { data, errors: error ? ((error as { errors?: { message: string }[] }).errors ?? [error]) : undefined }
    },
    follow: (document, told) => {
      const subscription = client.subscribe({ query: gql(document) }).subscribe({ next: ({ data }) => told(data), error: () => undefined })
      return () => subscription.unsubscribe()
    },
    stop: () => (client.stop(), void socket.dispose()),
  }
}

describe.each([
  ['graphql-sse', () => plain(overEvents())],
  ['graphql-ws', () => plain(overSocket())],
  ['urql over HTTP and graphql-sse', () => urqlOver(overEvents())],
  ['urql over HTTP and graphql-ws', () => urqlOver(overSocket())],
  ['urql over its own event streams', urqlAlone],
  ['Apollo Client over HTTP and graphql-ws', apollo],
  ['Apollo Client over graphql-ws', apolloOverSocket],
] as const)('%s', (_name, open) => {
  it('gets the answer to a query and to a mutation', async () => {
    used = open()
    expect(await used.once(QUERY)).toMatchObject({ data: { people: [{ name: 'Li', orders: 3 }] } })
    expect(await used.once(MUTATION, { name: 'Zhou' })).toMatchObject({ data: { rename: { name: 'Zhou' } } })
  })

  it('gets the error of an answer, and of a document that is not valid', async () => {
    used = open()
    expect((await used.once(INVALID)).errors).toMatchObject([{ message: 'Query.mood has a value that its type does not allow' }])
    const { errors } = await used.once('query Nothing { nothing }').catch((thrown: unknown) => ({ errors: thrown }))
    expect(`${JSON.stringify(errors)} ${String(errors)}`).toContain('Cannot query field')
  })

  it('follows changes', async () => {
    used = open()
    const [id, told]: [string, unknown[]] = [newId(), []]
    const stop = used.follow(SUBSCRIPTION, (data) => void told.push(data))
    await eventually(() => {
      seed.publish(id)
      expect(told[0]).toMatchObject({ changed: { name: `name ${id.slice(-4)}` } })
    })
    stop()
  })
})
