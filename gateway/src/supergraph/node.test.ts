import { readFileSync } from 'node:fs'
import { composeServices } from '@apollo/composition'
import { writeGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { parse } from 'graphql'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createBudget } from '../cost/budget.ts'
import { planOf } from '../cost/plan.ts'
import type { AskSubgraph } from '../execution/step.ts'
import { createEdge } from './edge.ts'
import { edgeSdlOf } from './edge-sdl.ts'
import { NODES } from './nodes.gen.ts'
import { loadSupergraph, type Supergraph } from './supergraph.ts'

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@key", "@requiresScopes"])'
const ownersOf = (types: readonly string[]) => `${LINK} type Query { tags: [Tag] orders: [Order] }
  type Tag @key(fields: "id") { id: ID! name: String }
  type Order @key(fields: "id") @requiresScopes(scopes: [["orders:read"], ["orders:write"]]) { id: ID! status: String ${NODES.Order}: String }
  ${Object.entries(NODES)
    .filter(([type]) => types.includes(type) && !['Tag', 'Order'].includes(type))
    .map(([type, field]) => `type ${type} @key(fields: "id") { id: ID! ${field}: String }`)
    .join(' ')}`

const [red, blue, order] = [newId(), newId(), newId()]
const THINGS: Record<string, object | undefined> = { [red]: { name: 'red' }, [blue]: { name: null }, [order]: { status: 'PAID' } }
const global = (type: string, id: string) => writeGlobalId(type, id)

let supergraph: Supergraph
let asked: number
let isDown: boolean
/** The field of an order that fails. */
let failing: string | undefined
/** Whether a request selects the proof of a type. */
const isProven = (body: string, type: string) => new RegExp(`on ${type} ?\\{[^}]*_exists`).test(body)
const owners: AskSubgraph = async (_viewer, body) => {
  asked++
  if (isDown) return { data: null, errors: [{ message: 'away', extensions: { code: 'UNAVAILABLE' } }] }
  const { representations } = JSON.parse(body).variables as { representations?: { __typename: string; id: string }[] }
  if (!representations && JSON.parse(body).query.includes('orders'))
    return { data: { orders: [{ __typename: 'Order', id: order, status: 'PAID' }] } }
  if (!representations) return { data: { tags: [{ __typename: 'Tag', id: red, name: 'red' }] } }
  const answers = representations.map(({ __typename, id }) => {
    const found = THINGS[id] as { name?: string; status?: string } | undefined
    return found && { ...found, ...(isProven(body, __typename) ? { _exists: found.name ?? found.status ?? null } : {}) }
  })
  const at = representations.findIndex(({ __typename }) => __typename === 'Order')
  const errors = failing ? [{ message: 'no', path: ['_entities', at, failing], extensions: { code: 'NOT_FOUND' } }] : []
  return { data: { _entities: answers.map((answer) => answer ?? null) }, errors }
}
const nobody = { add: () => Promise.reject(new Error('alone')) }

/** @param types those of the schema, by default all that are found by their id */
async function load(types: readonly string[] = Object.keys(NODES)): Promise<Supergraph> {
  const services = [
    { name: 'owners', url: 'http://nowhere', typeDefs: parse(ownersOf(types)) },
    { name: 'edge', url: 'http://nowhere', typeDefs: parse(edgeSdlOf(types)) },
  ]
  const { supergraphSdl, errors } = composeServices(services)
  if (errors) throw errors[0]!
  const asks = new Map([
    ['owners', owners],
    ['edge', createEdge(createBudget(nobody), createLog('test', 'silent'))],
  ])
  return loadSupergraph(supergraphSdl!, asks)
}
beforeAll(async () => {
  supergraph = await load()
})
beforeEach(() => {
  asked = 0
  isDown = false
  failing = undefined
})

async function query(source: string, variables = {}, scopes: string[] = [], of = supergraph) {
  const { document } = of.documents.find(source, 'tenant')
  const caller = { kind: 'STAFF', id: 's', tenantId: 't', scopes: new Set(scopes), plan: planOf(50), isPartner: false } as const
  const { points: _cost, ...answer } = await of.execute({ document, operationName: undefined, variables, viewer: caller })
  return JSON.parse(JSON.stringify(answer)) as {
    data: Record<string, unknown>
    errors?: { path: unknown[]; extensions: { code: string } }[]
  }
}

describe('an id', () => {
  it('returns its object, and null when there is none', async () => {
    const source = 'query ($id: ID!) { node(id: $id) { __typename id ... on Tag { name } } }'
    const [good, nameless] = [global('Tag', red), global('Tag', blue)]
    expect(await query(source, { id: good })).toEqual({ data: { node: { __typename: 'Tag', id: good, name: 'red' } } })
    expect(await query(source, { id: nameless })).toEqual({ data: { node: { __typename: 'Tag', id: nameless, name: null } } })
    for (const id of [global('Tag', newId()), global('Nothing', red), global('toString', red), red, 'x', ''])
      expect(await query(source, { id })).toEqual({ data: { node: null } })
  })

  it('is proved by the owner, even when no other field of the owner is selected', async () => {
    expect(await query(`{ node(id: "${global('Tag', red)}") { id } }`)).toEqual({ data: { node: { id: global('Tag', red) } } })
    expect(asked).toBe(1)
    expect(await query(`{ node(id: "${global('Tag', newId())}") { __typename } }`)).toEqual({ data: { node: null } })
    expect(await query(`{ ...N } fragment N on Query { a: node(id: "${global('Tag', newId())}") { id } }`)).toEqual({ data: { a: null } })
  })

  it('returns several objects in one request, in their order', async () => {
    const ids = [global('Order', order), global('Tag', newId()), global('Tag', blue), global('Order', order), 'x']
    const source = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Order { status } } }'
    const paid = { id: ids[0], status: 'PAID' }
    expect(await query(source, { ids }, ['orders:read'])).toEqual({ data: { nodes: [paid, null, { id: ids[2] }, paid, null] } })
    const many = Array.from({ length: 101 }, () => ids[0])
    expect((await query(source, { ids: many }, ['orders:read'])).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })

  it('returns several objects, and an error at each of its places', async () => {
    failing = 'status'
    const ids = [global('Tag', red), global('Order', order), global('Tag', newId()), global('Order', order)]
    const { errors } = await query('query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Order { status } } }', { ids }, ['orders:read'])
    expect(errors?.map(({ path }) => path)).toEqual([
      ['nodes', 1, 'status'],
      ['nodes', 3, 'status'],
    ])
  })

  it('hides the existence of a denied object, and the name of a service that does not answer', async () => {
    const source = `{ node(id: "${global('Order', order)}") { __typename id } }`
    expect(await query(source, {}, ['orders:read'])).toMatchObject({ data: { node: { __typename: 'Order' } } })
    expect(await query(source)).toEqual({ data: { node: null } })
    expect(await query(`{ node(id: "${global('Order', order)}") { id ... on Order { status } } }`)).toMatchObject({ data: { node: null } })
    isDown = true
    const away = await query(`{ node(id: "${global('Tag', red)}") { id } }`)
    expect([away.data, away.errors?.[0]?.extensions.code]).toEqual([{ node: null }, 'UNAVAILABLE'])
  })

  it('is found by its id with a read scope, not with a write scope alone', async () => {
    const source = `{ node(id: "${global('Order', order)}") { id ... on Order { status } } }`
    expect((await query(source, {}, ['orders:write'])).data).toEqual({ node: null })
    expect((await query(source, {}, ['orders:read'])).data).toEqual({ node: { id: global('Order', order), status: 'PAID' } })
    expect((await query('{ orders { status } }', {}, ['orders:write'])).data).toEqual({ orders: [{ status: 'PAID' }] })
  })

  it('of a type that partners do not see is hidden from them, and other ids are not', async () => {
    const partners = await load(Object.keys(NODES).filter((type) => type !== 'Segment'))
    const [hidden, shown] = [global('Segment', red), global('Tag', red)]
    const found = await query('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids: [hidden, shown] }, [], partners)
    expect(found).toEqual({ data: { nodes: [null, { __typename: 'Tag', id: shown }] } })
  })

  it('is written in this form for clients wherever it stands', async () => {
    expect(await query('{ tags { id name } }')).toEqual({ data: { tags: [{ id: global('Tag', red), name: 'red' }] } })
  })

  it('reserves the name of its proof', () => {
    expect(() => supergraph.documents.find('{ tags { _exists: name } }', 'tenant')).toThrow()
  })
})

it('returns the rest of the budget, which costs nothing', async () => {
  const { document } = supergraph.documents.find('{ rateLimit { maximumAvailable currentlyAvailable restoreRate } }', 'tenant')
  expect(supergraph.costOf(document, undefined).atMost({})).toBe(0)
  expect(await query('{ rateLimit { maximumAvailable currentlyAvailable restoreRate } }')).toEqual({
    data: { rateLimit: { maximumAvailable: 1_000, currentlyAvailable: 1_000, restoreRate: 50 } },
  })
})

it('every entity of the platform can be queried by its id', () => {
  const supergraphSdl = readFileSync(new URL('../../supergraph.graphql', import.meta.url), 'utf8')
  const entities = [...supergraphSdl.matchAll(/^type (\w+)[^{]*?@join__type\(graph: \w+, key: "id"/gm)].map(([, name]) => name!)
  expect(new Set(entities)).toEqual(new Set(Object.keys(NODES)))
})
