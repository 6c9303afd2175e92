import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generate as generateGenql } from '@genql/cli'
import { outputIntrospectionFile } from '@gql.tada/internal'
import { generate } from '@graphql-codegen/cli'
import { minifyIntrospectionQuery } from '@urql/introspection'
import { buildSchema, introspectionFromSchema, Kind, parse, print } from 'graphql'
import { run } from './run.ts'

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url))

export const SCHEMA = pathOf('../../public.graphql')
const OPERATIONS = pathOf('operations.graphql')
const SCALARS = { DateTime: 'string', Date: 'string', ID: 'string' }
const MODULES = { codegen: '@graphql-codegen/client-preset', relay: 'relay-runtime' }

export const operations = () => parse(readFileSync(OPERATIONS, 'utf8'), { noLocation: true })
export const introspect = () => introspectionFromSchema(buildSchema(readFileSync(SCHEMA, 'utf8')))

/** A page's project in an empty folder: its generated code, and code that uses it. */
export type Project = (folder: string) => Promise<void>

/** Types of GraphQL Code Generator's client preset, with masked fragments. */
const codegen: Project = async (folder) => {
  const config = { scalars: SCALARS, useTypeImports: true, enumsAsTypes: true }
  await generate(
    { schema: SCHEMA, documents: OPERATIONS, silent: true, generates: { [`${folder}/gen/`]: { preset: 'client', config } } },
    true,
  )
  write(
    folder,
    'use.ts',
    `import type { ResultOf, VariablesOf } from '@graphql-typed-document-node/core'
    import { useFragment } from './gen/fragment-masking'
    import * as page from './gen/graphql'
    export const namesOf = ({ customers }: ResultOf<typeof page.ClientsCustomersQueryDocument>) =>
      customers.edges.map(({ node }): string | null | undefined => useFragment(page.Clients_CustomerFragmentDoc, node).displayName)
    export const errorsOf = ({ createTag }: ResultOf<typeof page.ClientsCreateTagMutationDocument>): string[] =>
      createTag.userErrors.map(({ message }) => message)
    export const first: VariablesOf<typeof page.ClientsCustomersQueryDocument> = { first: 20 }
    // @ts-expect-error the page did not select it
    export const no = ({ customers }: ResultOf<typeof page.ClientsCustomersQueryDocument>) => customers.nodes`,
  )
}

/** gql.tada reads the same documents from the code itself. */
const tada: Project = async (folder) => {
  write(folder, 'introspection.d.ts', outputIntrospectionFile(introspect(), { fileType: '.d.ts' }))
  const parts = operations().definitions.map((one) => {
    const text = print(one)
    const name = 'name' in one ? one.name!.value : ''
    const fragments = one.kind === Kind.OPERATION_DEFINITION && text.includes('...Clients_customer') ? ', [Clients_customer]' : ''
    return `export const ${name} = graphql(\`${text}\`${fragments})`
  })
  write(
    folder,
    'use.ts',
    `import { initGraphQLTada, readFragment, type ResultOf } from 'gql.tada'
    import type { introspection } from './introspection'
    const graphql = initGraphQLTada<{ introspection: introspection; scalars: { ID: string; DateTime: string } }>()
    ${parts.join('\n')}
    export const namesOf = ({ customers }: ResultOf<typeof ClientsCustomersQuery>) =>
      customers.edges.map(({ node }): string | null => readFragment(Clients_customer, node).displayName)
    export const errorsOf = ({ createTag }: ResultOf<typeof ClientsCreateTagMutation>): string[] =>
      createTag.userErrors.map(({ message }) => message)
    // @ts-expect-error the page did not select it
    export const no = ({ customers }: ResultOf<typeof ClientsCustomersQuery>) => customers.nodes`,
  )
}

/** Relay demands connections, ids and \`node\` as its specifications describe them. */
const relay: Project = async (folder) => {
  const documents = [...operations().definitions, ...parse(readFileSync(pathOf('relay.graphql'), 'utf8')).definitions]
  const tags = documents.map((one, no) => `export const part${no} = graphql\`${print(one)}\``)
  write(folder, 'Clients.ts', `import { graphql } from '${MODULES.relay}'\n${tags.join('\n')}`)
  const config = { src: '.', schema: 'schema.graphql', language: 'typescript', eagerEsModules: true, customScalarTypes: SCALARS }
  write(folder, 'schema.graphql', readFileSync(SCHEMA, 'utf8'))
  write(folder, 'relay.config.json', JSON.stringify(config))
  run('relay-compiler', ['relay.config.json'], folder)
  write(
    folder,
    'use.ts',
    `import type { ClientsCustomersQuery } from './__generated__/ClientsCustomersQuery.graphql'
    import type { ClientsCreateTagMutation } from './__generated__/ClientsCreateTagMutation.graphql'
    import type { Clients_customer$data } from './__generated__/Clients_customer.graphql'
    export const idsOf = ({ customers }: ClientsCustomersQuery['response']): string[] => customers.edges.map(({ node }) => node.id)
    export const nameOf = ({ displayName }: Clients_customer$data): string | null | undefined => displayName
    export const errorsOf = ({ createTag }: ClientsCreateTagMutation['response']): string[] =>
      createTag.userErrors.map(({ message }) => message)
    // @ts-expect-error the page did not select it
    export const no = ({ customers }: ClientsCustomersQuery['response']) => customers.nodes`,
  )
}

/** A client with the schema as its functions. */
const genql: Project = async (folder) => {
  await generateGenql({ schema: readFileSync(SCHEMA, 'utf8'), output: join(folder, 'genql'), scalarTypes: SCALARS })
  write(
    folder,
    'use.ts',
    `import { createClient } from './genql'
    const client = createClient({ url: 'https://api.example.com/public/graphql' })
    export async function names(): Promise<(string | null)[]> {
      const { customers } = await client.query({
        customers: { __args: { first: 20 }, totalCount: true, edges: { node: { id: true, displayName: true } } },
      })
      // @ts-expect-error it was not selected
      void customers.nodes
      return customers.edges.map(({ node }) => node.displayName)
    }
    export async function create(groupId: string): Promise<string[]> {
      const input = { idempotencyKey: crypto.randomUUID(), groupId, name: 'VIP' }
      const { createTag } = await client.mutation({ createTag: { __args: { input }, tag: { id: true }, userErrors: { message: true } } })
      return createTag.userErrors.map(({ message }) => message)
    }`,
  )
}

/** urql's normalized cache knows the schema. */
const graphcache: Project = async (folder) => {
  write(folder, 'schema.ts', `export const schema = ${JSON.stringify(minifyIntrospectionQuery(introspect()))} as const`)
  write(
    folder,
    'use.ts',
    `import { Client, fetchExchange } from '@urql/core'
    import { cacheExchange } from '@urql/exchange-graphcache'
    import { schema } from './schema'
    export const client = new Client({
      url: 'https://api.example.com/public/graphql',
      preferGetMethod: false,
      exchanges: [cacheExchange({ schema, keys: { UserError: () => null } }), fetchExchange],
    })`,
  )
}

const write = (folder: string, name: string, text: string) => writeFileSync(join(folder, name), text)

export const projects: Readonly<Record<string, Project>> = { codegen, 'gql.tada': tada, 'relay-compiler': relay, genql, graphcache }
