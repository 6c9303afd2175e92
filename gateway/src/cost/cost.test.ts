import { composeServices } from '@apollo/composition'
import { connectBus } from '@renmai/platform/events/bus'
import { createLog } from '@renmai/platform/serve/log'
import { eventually } from '@renmai/platform/testing/eventually'
import { makeFolder } from '@renmai/platform/testing/folder'
import { type Nats, startNats } from '@renmai/platform/testing/nats'
import { parse } from 'graphql'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadSupergraph, type Supergraph } from '../supergraph/supergraph.ts'
import { createBudget, type SharedLevels } from './budget.ts'
import { charge } from './charge.ts'
import { planOf } from './plan.ts'
import { shareLevels } from './share-levels.ts'

const SDL = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@cost", "@listSize"])
  type Query {
    one: Thing
    some: [Thing]
    page(first: Int): Page @listSize(assumedSize: 20, slicingArguments: ["first"], sizedFields: ["edges", "nodes"], requireOneSlicingArgument: false)
    last(first: Int): [Thing!] @listSize(assumedSize: 7, slicingArguments: ["first"], requireOneSlicingArgument: false)
    heavy: Int @cost(weight: 50)
  }
  type Mutation { make: Thing remake: Thing sort(by: Rule, also: [Rule!]): Thing }
  input Rule { all: [Rule!] @cost(weight: 2) not: Rule @cost(weight: 2) word: String @cost(weight: 3) note: String }
  type Thing { id: ID! parts: [Thing!] blob: Blob }
  type Page { nodes: [Thing!]! edges: [Edge!]! total: Int }
  type Edge { node: Thing! }
  type Blob @cost(weight: 5) { id: ID }`

let supergraph: Supergraph
let answer: Record<string, unknown>
beforeAll(async () => {
  const { supergraphSdl, errors } = composeServices([{ name: 's', url: 'http://nowhere', typeDefs: parse(SDL) }])
  if (errors) throw errors[0]!
  supergraph = await loadSupergraph(supergraphSdl!, new Map([['s', async () => ({ data: answer })]]))
})

const costOf = (source: string, variables = {}) =>
  supergraph.costOf(supergraph.documents.find(source, 'tenant').document, undefined).atMost(variables)

describe('the cost of an operation', () => {
  it.each([
    ['{ one { id } }', {}, 1],
    ['{ one { id blob { id } } }', {}, 6],
    ['{ heavy __typename }', {}, 50],
    ['{ some { id } }', {}, 10],
    ['{ some { parts { id } } }', {}, 110],
    ['{ last { id } }', {}, 7],
    ['{ last(first: 3) { id } }', {}, 3],
    ['{ page { nodes { id } } }', {}, 21],
    ['{ page(first: 2) { total nodes { parts { id } } } }', {}, 23],
    ['{ page(first: 2) { nodes { id } edges { node { id } } } }', {}, 7],
    ['query ($n: Int) { page(first: $n) { nodes { id } } }', { n: 5 }, 6],
    ['query ($n: Int = 4) { page(first: $n) { nodes { id } } }', {}, 5],
    ['query ($n: Int) { page(first: $n) { nodes { id } } }', { n: 1e9 }, 101],
    ['query ($n: Int) { page(first: $n) { nodes { id } } }', { n: -3 }, 1],
    ['query ($n: Int) { page(first: $n) { nodes { id } } }', { n: 'many' }, 21],
    ['query ($n: Int = 3) { page(first: $n) { ...P } } fragment P on Page { nodes { id } }', {}, 4],
    ['{ a: page(first: 1) { ...P } b: page(first: 9) { ...P } } fragment P on Page { nodes { id } }', {}, 12],
    ['query ($y: Boolean!) { one { id } heavy @include(if: $y) }', { y: true }, 51],
    ['query ($y: Boolean!) { one { id } heavy @include(if: $y) }', { y: false }, 1],
    ['{ a: one { id } b: one { ...T } } fragment T on Thing { ... on Thing { blob { id } } }', {}, 7],
    ['mutation { make { id } }', {}, 11],
    ['mutation { make { id } remake { id } }', {}, 22],
    ['mutation { sort(by: { note: "n" }) { id } }', {}, 11],
    ['mutation { sort(by: { word: "w", note: "n" }) { id } }', {}, 14],
    ['mutation ($by: Rule) { sort(by: $by) { id } }', { by: { all: [{ word: 'a' }, { not: { word: 'b' } }] } }, 21],
    ['mutation ($by: Rule = { word: "w" }) { sort(by: $by) { id } }', {}, 14],
    ['mutation ($w: String) { sort(by: { word: $w }, also: [{ word: "a" }, { word: "b" }]) { id } }', { w: 'w' }, 20],
    ['mutation ($by: Rule) { sort(by: $by) { id } }', { by: ['a', 1, null, { unknown: [] }] }, 11],
    ['mutation ($by: Rule) { a: sort(by: $by) { id } b: sort(by: $by) { id } }', { by: { word: 'w' } }, 28],
  ])('of %s with %j is %d', (source, variables, points) => expect(costOf(source, variables)).toBe(points))

  it('is returned as the actual cost of the answer', async () => {
    const executed = async (source: string, data: Record<string, unknown>) => {
      answer = data
      const { document } = supergraph.documents.find(source, 'tenant')
      const viewer = { kind: 'STAFF', id: 's', tenantId: 't', scopes: new Set<string>() } as const
      return (await supergraph.execute({ document, operationName: undefined, variables: {}, viewer })).points
    }
    const thing = { id: '1' }
    expect(await executed('{ page(first: 9) { nodes { id } } }', { page: { nodes: [thing, thing] } })).toBe(3)
    expect(await executed('{ some { id } }', { some: [thing, null] })).toBe(2)
    expect(await executed('{ some { id } }', { some: null })).toBe(0)
    expect(await executed('{ one { id } heavy }', { one: null, heavy: null })).toBe(51)
  })

  it('of fragments that double with each level is refused immediately, however the document is written', () => {
    const levels = Array.from({ length: 18 }, (_, no) => no)
    const bomb = (fragment: (no: number) => string) => `{ one { ...f0 } } ${levels.map(fragment).join(' ')} fragment f18 on Thing { id }`
    const bombs = [
      bomb((no) => `fragment f${no} on Thing { ...f${no + 1} ...f${no + 1} }`),
      bomb((no) => `fragment f${no} on Thing { a: blob { id } ...f${no + 1} b: blob { id } ...f${no + 1} }`),
      bomb((no) => `fragment f${no} on Thing { a: parts { ...f${no + 1} } b: parts { ...f${no + 1} } }`),
    ]
    for (const source of bombs) expect(() => supergraph.documents.find(source, 'tenant')).toThrow('The document is not valid')
    expect(() =>
      supergraph.documents.find('{ one { ...a } } fragment a on Thing { ...b } fragment b on Thing { ...a }', 'tenant'),
    ).toThrow()
  })
})

const plan = planOf(50)
const caller = { kind: 'CLIENT', id: 'c', tenantId: 't', scopes: new Set<string>(), plan, isPartner: false } as const
const nobody: SharedLevels = { add: () => Promise.reject(new Error('NATS is away')) }
let now = 0
beforeEach(() => (now = 1_000_000))

describe('a budget', () => {
  it('is spent, is restored with time, and returns when to retry', () => {
    const budget = createBudget(nobody, () => now)
    expect(budget.spend('k', plan, 900)).toBe(0)
    expect(budget.spend('k', plan, 200)).toBe(2)
    expect(budget.look('k', plan)).toEqual({ maximumAvailable: 1_000, currentlyAvailable: 100, restoreRate: 50 })
    now += 2_000
    expect(budget.spend('k', plan, 200)).toBe(0)
    expect(budget.spend('other', plan, 1_000)).toBe(0)
    now += 3_600_000
    expect(budget.look('k', plan).currentlyAvailable).toBe(1_000)
  })

  it('is refunded the unused points, all of them after a failure, and never more than its capacity', async () => {
    const budget = createBudget(nobody, () => now)
    const cost = { base: () => 10, atMost: () => 500 }
    const work = async () => ({ points: 40 })
    const { cost: told } = await charge(budget, caller, cost, {}, work)
    expect(told).toMatchObject({ requestedQueryCost: 500, actualQueryCost: 50, throttleStatus: { currentlyAvailable: 950 } })
    await expect(charge(budget, caller, cost, {}, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(budget.look('t.c', plan).currentlyAvailable).toBe(950)
    budget.refund('t.c', plan, 5_000)
    expect(budget.look('t.c', plan).currentlyAvailable).toBe(1_000)
  })

  it('refuses an operation above every budget, and a caller without points, before any work', async () => {
    const budget = createBudget(nobody, () => now)
    const work = vi.fn(async () => ({ points: 1_000 }))
    await expect(charge(budget, caller, { base: () => 0, atMost: () => 10_001 }, {}, work)).rejects.toMatchObject({
      errors: [{ extensions: { code: 'MAX_COST_EXCEEDED' } }],
    })
    expect(work).not.toHaveBeenCalled()
    await charge(budget, caller, { base: () => 0, atMost: () => 1_000 }, {}, work)
    await expect(charge(budget, caller, { base: () => 0, atMost: () => 100 }, {}, work)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterSeconds: 2,
    })
    expect(work).toHaveBeenCalledTimes(1)
  })
})

describe('a budget of several replicas', () => {
  const folder = makeFolder('cost')
  let nats: Nats
  beforeAll(async () => {
    nats = await startNats({ folder: folder.path, logs: folder.path })
  })
  afterAll(async () => {
    await nats.stop()
    folder.remove()
  })
  const connect = () =>
    connectBus({ NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'strict' }, 'gateway', createLog('gateway', 'silent'))

  it('is one budget: together they spend its points, and each at most a twentieth more', async () => {
    const buses = await Promise.all([connect(), connect(), connect()])
    let underWay = 0
    const budgets = buses.map((bus) => {
      const { add } = shareLevels(bus, () => now)
      const counted: SharedLevels = { add: (...given) => (underWay++, add(...given).finally(() => underWay--)) }
      return createBudget(counted, () => now)
    })
    let spent = 0
    for (let no = 0; no < 150; no++) {
      for (const budget of budgets) if (budget.spend('k', plan, 10) === 0) spent += 10
      // Points that are spent while a slow machine has not yet published come on top.
      await eventually(() => expect(underWay).toBe(0))
    }
    expect(spent).toBeGreaterThanOrEqual(1_000)
    expect(spent).toBeLessThanOrEqual(1_000 + 3 * 60)
    const late = createBudget(
      shareLevels(buses[0]!, () => now),
      () => now,
    )
    late.spend('k', plan, 60)
    await eventually(() => expect(late.look('k', plan).currentlyAvailable).toBe(0))
    await Promise.all(buses.map((bus) => bus.nats.close()))
  })
})
