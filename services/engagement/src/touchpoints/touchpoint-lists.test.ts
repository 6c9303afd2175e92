import { newId } from '@renmai/platform/serve/ids'
import { expect, it } from 'vitest'
import { engagementGraph } from '../../test/graph.ts'

const seed = engagementGraph()

it('touchpoints are those for which each given condition holds', async () => {
  const customer = newId()
  const profile = await seed.meet(customer)
  await seed.touch(profile, '2026-01-01T00:00:00Z', { type: 'a' })
  await seed.touch(profile, '2026-01-02T00:00:00Z', { type: 'b', channel: 'STORE' })
  await seed.touch(null, '2026-01-03T00:00:00Z', { type: 'c' })
  for (const [filter, wanted] of [
    ['', ['a', 'b', 'c']],
    ['isAnonymous: true', ['c']],
    ['isAnonymous: false', ['a', 'b']],
    [`customerId: "${customer}", type: "a"`, ['a']],
    [`profileId: "${profile}", channel: "STORE"`, ['b']],
    ['occurredFrom: "2026-01-02T00:00:00Z"', ['b', 'c']],
    ['occurredFrom: "2026-01-01T00:00:00Z", occurredBefore: "2026-01-03T00:00:00Z", types: ["a", "c"]', ['a']],
  ] as const) {
    const { touchpoints } = await seed.ask(`{ touchpoints(filter: { ${filter} }) { nodes { type } totalCount } }`)
    expect(touchpoints.nodes.map(({ type }: { type: string }) => type).toSorted(), filter).toEqual(wanted)
    expect(touchpoints.totalCount, filter).toBe(wanted.length)
  }
})

it('a touchpoint shows its details in their types, and is found by its product and its campaign', async () => {
  const customer = newId()
  const profile = await seed.meet(customer)
  const extras = [
    { key: 'is_gift', boolean: false },
    { key: 'rating', number: 4.5 },
    { key: 'size', code: 'XL' },
    { key: 'slot', time: '2026-02-03T02:00:00.000Z' },
  ]
  const details = { productId: 'P-1', amountMinor: -5, currency: 'JPY', campaignRef: 'spring', durationS: 65, extras }
  await seed.touch(profile, '2026-01-01T00:00:00Z', { type: 'a', details })
  await seed.touch(profile, '2026-01-02T00:00:00Z', { type: 'b', details: { productId: 'P-2', campaignRef: 'spring' } })
  await seed.touch(profile, '2026-01-03T00:00:00Z', { type: 'c' })
  const typesBy = async (filter: string) => {
    const { touchpoints } = await seed.ask(
      `{ touchpoints(filter: { occurredFrom: "2026-01-01T00:00:00Z", ${filter} }) { nodes { type } } }`,
    )
    const [mine] = await seed.ofCustomers([customer], `touchpoints(filter: { ${filter} }) { nodes { type } }`)
    // The two lists have an order each: by arrival, and by the time at which it happened.
    const [all, own] = [touchpoints, mine.touchpoints].map(({ nodes }) => nodes.map(({ type }: { type: string }) => type).toSorted())
    expect(own).toEqual(all)
    return all
  }
  expect(await typesBy('productId: "P-1"')).toEqual(['a'])
  expect(await typesBy('campaignRef: "spring"')).toEqual(['a', 'b'])
  expect(await typesBy('campaignRef: "spring", productId: "P-2"')).toEqual(['b'])
  const fields =
    'productId sku categoryId amount { amount currency } campaignRef contentId urlPath duration extras { key number code boolean time }'
  const { touchpoints } = await seed.ask(`{ touchpoints { nodes { type details { ${fields} } } } }`)
  const shown = new Map(touchpoints.nodes.map(({ type, details: one }: { type: string; details: unknown }) => [type, one]))
  const none = { number: null, code: null, boolean: null, time: null }
  expect(shown.get('a')).toEqual({
    productId: 'P-1',
    sku: null,
    categoryId: null,
    amount: { amount: '-5', currency: 'JPY' },
    campaignRef: 'spring',
    contentId: null,
    urlPath: null,
    duration: 'PT1M5S',
    extras: extras.map((extra) => ({ ...none, ...extra })),
  })
  expect(shown.get('b')).toMatchObject({ productId: 'P-2', amount: null, duration: null, extras: [] })
  expect(shown.get('c')).toBeNull()
})

it.each([
  ['productId: "P-1"', 'productId'],
  ['campaignRef: "spring"', 'campaignRef'],
  ['type: "a"', 'type'],
  ['types: ["a"], occurredBefore: "2026-01-01T00:00:00Z"', 'types'],
  ['channel: "WEB", isAnonymous: true', 'channel'],
])('touchpoints of all customers by %s are refused without the start of a time', async (filter, field) => {
  const { errors } = await seed.run(`{ touchpoints(filter: { ${filter} }) { totalCount } }`)
  expect(errors?.[0]?.message).toBe(`filter.${field}: needs occurredFrom, customerId or profileId with it`)
})

it('Customer.touchpoints are in the order in which they happened, latest first, or as the caller wants', async () => {
  const customer = newId()
  const [one, two] = [await seed.meet(customer), await seed.meet(customer)]
  await seed.touch(one, '2026-01-02T00:00:00Z', { type: 'b' })
  await seed.touch(two, '2026-01-03T00:00:00Z', { type: 'c', channel: 'STORE' })
  await seed.touch(one, '2026-01-01T00:00:00Z', { type: 'a' })
  const fields = `latest: touchpoints(first: 2) { nodes { type customer { id } } totalCount }
    earliest: touchpoints(first: 1, orderBy: { field: OCCURRED_AT }) { nodes { type } }
    store: touchpoints(filter: { channel: "STORE" }) { nodes { type } }`
  expect(await seed.ofCustomers([customer], fields)).toEqual([
    {
      latest: { nodes: ['c', 'b'].map((type) => ({ type, customer: { id: customer } })), totalCount: 3 },
      earliest: { nodes: [{ type: 'a' }] },
      store: { nodes: [{ type: 'c' }] },
    },
  ])
})

it('a touchpoint is found by its id, by its tenant and with the scope for it', async () => {
  const id = await seed.touch(null, '2026-01-01T00:00:00Z', { type: 'a' })
  const source = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Touchpoint { type customer { id } } } }'
  const variables = { r: [{ __typename: 'Touchpoint', id }] }
  expect((await seed.run(source, variables)).data._entities).toEqual([{ type: 'a', customer: null }])
  expect((await seed.run(source, variables, ['orders:read'])).errors?.[0]?.message).toContain('customers:read')
  seed.tenant = newId()
  expect((await seed.run(source, variables)).data._entities).toEqual([null])
})
