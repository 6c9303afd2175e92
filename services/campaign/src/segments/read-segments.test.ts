import { withTenant } from '@renmai/platform/db/db'
import { rememberTenant } from '@renmai/platform/db/tenants'
import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KINDS } from '../../test/clause-model.ts'
import { campaignSeed } from '../../test/seed.ts'
import { definitionSchema } from './clause.rules.ts'
import type { Clause, clauses } from './clauses.ts'
import { showClause } from './compile-clause.rules.ts'

const seed = campaignSeed()
const group = (clause: fc.Arbitrary<object>) =>
  fc.oneof(
    fc.array(clause, { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
    fc.array(clause, { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    clause.map((not) => ({ not })),
  )

/** Selects every field of a condition, this many levels deep. */
const selection = (depth: number): string =>
  `attribute { key operator values } tagId orders { within minCount minNet { amount currency } }
   orderDate { which from to atLeastAgo atMostAgo } behaviour { type within minCount } rfmClasses
   ${depth === 1 ? '' : ['all', 'any', 'not'].map((name) => `${name} { ${selection(depth - 1)} }`).join(' ')}`
const withoutNulls = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_key, inner) => (inner === null ? undefined : inner)))

const stored = async (id: string) =>
  (await seed.test.owner.query('SELECT definition FROM segments WHERE id = $1', [id])).rows[0].definition as Clause
const CREATE = 'mutation C($input: CreateSegmentInput!) { createSegment(input: $input) { segment { id } } }'
async function create(definition: unknown): Promise<string> {
  const input = { idempotencyKey: key(), name: newId(), definition }
  return (await seed.query<{ createSegment: { segment: { id: string } } }>(CREATE, { input })).createSegment.segment.id
}
const read = async (id: string) =>
  (
    await seed.query<{ segment: { definition: unknown } }>(`query S($id: ID!) { segment(id: $id) { definition { ${selection(4)} } } }`, {
      id,
    })
  ).segment.definition

describe('the definition of a segment', () => {
  it.each(Object.keys(KINDS))('with a clause by %s is read back and creates the same again', (kind) => {
    const clause = KINDS[kind as keyof typeof clauses]
    fc.assert(
      fc.property(fc.oneof(clause, group(clause), group(group(clause))), (input) => {
        const parsed = definitionSchema.parse(input)
        expect(definitionSchema.parse(showClause(parsed, 'CNY'))).toEqual(parsed)
      }),
    )
  })

  it('has the fields of its input in GraphQL, of every kind', async () => {
    const [singles] = fc.sample(fc.tuple(...Object.values(KINDS)), { numRuns: 1, seed: 7 })
    const id = await create({ all: [...singles!, { not: { any: [singles![0]!] } }] })
    const again = await create(withoutNulls(await read(id)))
    expect(await stored(again)).toEqual(await stored(id))
  })

  it('that was stored with an amount and no currency is read in the currency of the tenant', async () => {
    await withTenant(seed.test.db, seed.tenant, (tx) => rememberTenant(tx, { tenantId: seed.tenant, zone: 'Asia/Tokyo', currency: 'JPY' }))
    const id = await create({ orders: {} })
    const earlier = { orders: { withinDays: 30, minCount: 2, minNetMinor: 5_000 } }
    await seed.test.owner.query('UPDATE segments SET definition = $2 WHERE id = $1', [id, JSON.stringify(earlier)])
    const orders = { within: 'P30D', minCount: 2, minNet: { amount: '5000', currency: 'JPY' } }
    expect(withoutNulls(await read(id))).toEqual({ orders })
    await seed.hear(seed.order(await seed.meet()), seed.order(await seed.meet()))
    await seed.evaluate()
    expect(await seed.members(id)).toEqual([])
  })

  it('is a problem with a code once it cannot be evaluated', async () => {
    const id = await create({ orders: {} })
    const problem = async (text: string) => {
      await seed.test.owner.query('UPDATE segments SET problem = $2 WHERE id = $1', [id, text])
      return (await seed.query<{ segment: object }>('query S($id: ID!) { segment(id: $id) { problem { code message } } }', { id })).segment
    }
    expect(await problem('TIMEOUT: it took too long')).toEqual({ problem: { code: 'TIMEOUT', message: 'it took too long' } })
    expect(await problem('TypeError')).toEqual({ problem: { code: 'INTERNAL', message: 'TypeError' } })
  })
})

describe('a preview', () => {
  it('states the kind and the condition of each part', async () => {
    const definition = { all: [{ orders: { minCount: 2 } }, { behaviour: { type: 'view', within: 'P7D' } }] }
    const { previewSegment } = await seed.query<{ previewSegment: { attrition: object[] } }>(
      `query P($definition: SegmentClauseInput!) { previewSegment(definition: $definition) { attrition { kind condition { ${selection(1)} } clause } } }`,
      { definition },
    )
    expect(withoutNulls(previewSegment.attrition)).toEqual([
      { kind: 'ORDERS', condition: { orders: { minCount: 2 } }, clause: '2 or more paid orders' },
      {
        kind: 'BEHAVIOUR',
        condition: { behaviour: { type: 'view', within: 'P7D', minCount: 1 } },
        clause: 'view 1 times or more within 7 days',
      },
    ])
  })
})

describe('lists of segments', () => {
  const LIST = `query L($filter: SegmentFilter, $orderBy: SegmentOrder, $first: Int, $after: String) {
    segments(filter: $filter, orderBy: $orderBy, first: $first, after: $after) { totalCount nodes { name } pageInfo { endCursor } } }`
  type List = { segments: { totalCount: number; nodes: { name: string }[]; pageInfo: { endCursor: string } } }
  const list = async (variables: object) => (await seed.query<List>(LIST, { ...variables })).segments
  const named = async (name: string, definition: object) => seed.query(CREATE, { input: { idempotencyKey: key(), name, definition } })

  it('have pages, in the order that the caller chooses, of those that the filter lets pass', async () => {
    for (const name of ['Banana', 'apple%', 'Cherry']) await named(name, { orders: {} })
    const names = async (variables: object) => (await list(variables)).nodes.map((one) => one.name)
    expect(await names({ orderBy: { field: 'CREATED_AT', direction: 'DESC' } })).toEqual(['Cherry', 'apple%', 'Banana'])
    expect(await names({ filter: { nameContains: 'AN' } })).toEqual(['Banana'])
    expect(await names({ filter: { nameContains: '%' } })).toEqual(['apple%'])
    expect(await names({ filter: { isReady: true } })).toEqual([])
    await seed.evaluate()
    expect((await names({ filter: { isReady: true } })).length).toBe(3)
    const first = await list({ first: 2, orderBy: { field: 'NAME' } })
    const rest = await list({ first: 2, orderBy: { field: 'NAME' }, after: first.pageInfo.endCursor })
    expect([first.totalCount, first.nodes.length, rest.nodes.length]).toEqual([3, 2, 1])
  })

  it('below customers have pages of their own, as have the members of a segment', async () => {
    const [one, other] = [await seed.meet(), await seed.meet()]
    await seed.hear(seed.order(one), seed.order(one), seed.order(other))
    for (const [name, minCount] of [
      ['a', 1],
      ['b', 1],
      ['c', 2],
    ] as const)
      await named(name, { orders: { minCount } })
    await seed.evaluate()
    const document = `query E($customers: [_Any!]!) { _entities(representations: $customers) { ... on Customer {
      segments(first: 2) { totalCount nodes { name members(first: 1) { totalCount nodes { id } pageInfo { hasNextPage } } } } } } }`
    const customers = [one, other].map(({ customerId: id }) => ({ __typename: 'Customer', id }))
    const { _entities } = await seed.query<{
      _entities: { segments: { totalCount: number; nodes: { name: string; members: object }[] } }[]
    }>(document, { customers })
    expect(_entities.map(({ segments }) => [segments.totalCount, segments.nodes.map(({ name }) => name)])).toEqual([
      [3, ['a', 'b']],
      [2, ['a', 'b']],
    ])
    const [firstMember] = [one.customerId, other.customerId].toSorted()
    expect(_entities[0]!.segments.nodes[0]!.members).toEqual({
      totalCount: 2,
      nodes: [{ id: firstMember }],
      pageInfo: { hasNextPage: true },
    })
  })
})
