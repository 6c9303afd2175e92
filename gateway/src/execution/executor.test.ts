import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway'
import { ALL_SCOPES } from '@renmai/platform/testing/viewers'
import { type ExecutionResult, type GraphQLFormattedError, graphqlSync, parse, visit } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FuzzedOperation, inventOperation } from '../../test/fuzz/operations.ts'
import { inventSubgraphs } from '../../test/fuzz/subgraphs.ts'
import { loadSupergraph, type Supergraph } from '../supergraph/supergraph.ts'
import { INVALID_VALUE } from './faults.ts'
import type { AskSubgraph } from './step.ts'

/** The long part of the tests generates more. */
const OPERATIONS = Number(process.env.GENERATED_OPERATIONS ?? 1_000)
const FIRST_SEED = 1
const SUPERGRAPH = readFileSync(new URL('../../supergraph.graphql', import.meta.url), 'utf8')
const viewer = { kind: 'STAFF', id: 'staff', tenantId: 'tenant', scopes: new Set(ALL_SCOPES) } as const

type Answer = (operation: FuzzedOperation) => Promise<ExecutionResult>

const requests = { ours: 0, stock: 0 }
let [ours, stock]: [Supergraph, ApolloGateway] = [] as never

beforeAll(async () => {
  const subgraphs = inventSubgraphs()
  const counted = [...subgraphs].map(([name, ask]): [string, AskSubgraph] => [name, (...asked) => (requests.ours++, ask(...asked))])
  // Global ids and the proof of existence are our own additions; their own tests cover them.
  ours = await loadSupergraph(SUPERGRAPH, new Map(counted), { idTypes: new Map(), nodes: {} })
  stock = new ApolloGateway({
    supergraphSdl: SUPERGRAPH.replaceAll(', for: SECURITY', ''),
    buildService: ({ name }) => stockSource(subgraphs.get(name)!),
  })
  await stock.load()
})
afterAll(() => stock.stop())

function stockSource(ask: AskSubgraph): GraphQLDataSource {
  return {
    process: async ({ request: { query, variables, operationName } }) => {
      requests.stock++
      return (await ask(viewer, JSON.stringify({ query, variables, operationName }), 'query')) as never
    },
  }
}

const answerOurs: Answer = ({ source, variables }) => ours.execute({ document: parse(source), operationName: undefined, variables, viewer })

const answerStock: Answer = ({ source, variables }) =>
  stock.executor({
    request: { query: source, variables },
    document: parse(source),
    source,
    queryHash: createHash('sha256').update(source).digest('hex'),
    operationName: null,
    context: {},
    schema: ours.schema,
    metrics: {},
    logger: console,
  } as unknown as Parameters<typeof stock.executor>[0]) as Promise<ExecutionResult>

/**
 * Concurrent fetches report in any order. In a list of several types, such as `nodes`, the stock gateway counts only the elements
 * that it queried the subgraph for, and so names another place; node.test.ts tests our places.
 */
function comparable({ data, errors }: ExecutionResult, mixed: ReadonlySet<string> = new Set()) {
  const all = JSON.parse(JSON.stringify(errors ?? [])) as GraphQLFormattedError[]
  const told = all.filter(isOfSubgraph).map(({ message, path, extensions }) => {
    const [list, , ...rest] = path ?? []
    return JSON.stringify([mixed.has(String(list)) ? [list, '@', ...rest] : path, message, extensions?.code, extensions?.serviceName])
  })
  return { data: JSON.parse(JSON.stringify(data ?? null)), errors: told.toSorted() }
}

/** The stock gateway makes a value that the schema does not allow null without an error. */
const isOfSubgraph = ({ extensions }: GraphQLFormattedError) => extensions?.code !== INVALID_VALUE

/** The value of the first null, or of the end, on a path. */
function follow(value: unknown, path: GraphQLFormattedError['path']): unknown {
  const [key, ...rest] = path!
  if (key === undefined || value === null) return value
  return follow((value as Record<string | number, unknown>)[key], rest)
}

/** Response names of lists of several types. */
function mixedLists(source: string): Set<string> {
  const names = new Set<string>()
  visit(parse(source), { Field: ({ name, alias }) => (name.value === 'nodes' ? void names.add((alias ?? name).value) : undefined) })
  return names
}

/** The stock gateway makes a `node` null, without an error, of which only fields of every type are selected; the subgraph has it. */
function restoreNodes(source: string, own: Record<string, unknown> | null, theirs: Record<string, unknown> | null): void {
  visit(parse(source), {
    Field: ({ name, alias }) => {
      const at = (alias ?? name).value
      if (name.value === 'node' && theirs?.[at] === null && own?.[at]) theirs[at] = own[at]
    },
  })
}

describe('the executor', () => {
  it(`answers ${OPERATIONS} generated operations as the stock gateway does`, async () => {
    const seen = { withErrors: 0, withData: 0, invalid: 0 }
    for (let seed = FIRST_SEED; seed < FIRST_SEED + OPERATIONS; seed++) {
      const operation = inventOperation(ours.schema, seed)
      const mixed = mixedLists(operation.source)
      const answered = await answerOurs(operation)
      const [own, theirs] = [comparable(answered, mixed), comparable(await answerStock(operation), mixed)]
      restoreNodes(operation.source, own.data, theirs.data)
      expect(own, `seed ${seed}\n${operation.source}\n${JSON.stringify(operation.variables)}`).toEqual(theirs)
      const invalid = (answered.errors ?? []).filter((error) => !isOfSubgraph(error))
      for (const { path, locations } of invalid) {
        expect(follow(answered.data, path), `seed ${seed} ${path?.join('.')}`).toBeNull()
        expect(locations!.length).toBeGreaterThan(0)
      }
      seen.invalid += invalid.length
      if (own.errors.length > 0) seen.withErrors++
      if (own.data) seen.withData++
    }
    // Operations that fail everywhere, or nowhere, would prove nothing.
    expect(seen.withErrors).toBeGreaterThan(OPERATIONS / 20)
    expect(seen.withData).toBeGreaterThan(OPERATIONS / 2)
    expect(seen.invalid).toBeGreaterThan(OPERATIONS / 20)
    expect(requests.ours).toBeLessThanOrEqual(requests.stock)
  })

  it('refuses variables of wrong types before any subgraph is called', async () => {
    const before = requests.ours
    const operation = { source: 'query Wrong($id: ID!) { customer(id: $id) { id } }', variables: { id: { no: 'id' } } }
    expect(comparable(await answerOurs(operation))).toEqual(comparable(await answerStock(operation)))
    expect((await answerOurs(operation)).errors).toHaveLength(1)
    expect(requests.ours).toBe(before)
  })

  it('answers introspection fields beside fields of subgraphs', async () => {
    const source = `query Mixed($name: String!, $no: Boolean!) {
      ...Types
      customers(first: 1) { __typename }
      named: __type(name: $name) { name fields { name } }
      hidden: __type(name: "Query") @include(if: $no) { name }
    }
    fragment Types on Query { __typename __schema { queryType { name } } }`
    const variables = { name: 'Money', no: false }
    const { data } = await answerOurs({ source, variables })
    const own = graphqlSync({ schema: ours.schema, source: source.replace(/customers.*/, ''), variableValues: variables }).data!
    const { customers, ...rest } = JSON.parse(JSON.stringify(data))
    expect(rest).toEqual(JSON.parse(JSON.stringify(own)))
    expect(customers).toEqual({ __typename: 'CustomerConnection' })
  })
})
