import type { GraphQLFormattedError } from 'graphql'
import { describe, expect, it } from 'vitest'
import { type Answers, composeSubgraphs } from '../../test/compose.ts'

const ORDERS = `type Query { orders: [Order!] order: Order counts: [[Int!]!] }
  enum State { PAID CLOSED }
  type Order @key(fields: "id") { id: ID! state: State! note: String total: Money lines: [Line!]! }
  type Line { no: Int! } type Money { amount: String! }`
const SHOPS = 'type Order @key(fields: "id") { id: ID! shop: String! city: String }'

const order = { __typename: 'Order', id: '1', state: 'PAID', note: null, total: { amount: '1' }, lines: [{ no: 1 }] }
const shopsOf: Answers = (all) => ({ data: { _entities: all.map(() => ({ shop: 'Li', city: null })) } })

const askOf = (orders: Answers, shops: Answers = shopsOf) =>
  composeSubgraphs({ orders: { sdl: ORDERS, answers: orders }, shops: { sdl: SHOPS, answers: shops } })

/** The paths and places of errors. */
const placesOf = (errors: readonly GraphQLFormattedError[] | undefined) =>
  (JSON.parse(JSON.stringify(errors ?? [])) as GraphQLFormattedError[]).map(({ message, path, locations }) => [
    path?.join('.'),
    locations?.map(({ line, column }) => `${line}:${column}`).join(),
    message,
  ])

describe('a value that the schema does not allow', () => {
  it('is null up to the nearest nullable field, with an error of its path and place', async () => {
    const ask = await askOf(() => ({
      data: {
        orders: [
          { ...order, was: 'PAID' },
          { ...order, id: '2', was: 'LOST' },
        ],
      },
    }))
    const { data, errors } = await ask('{ orders { id\n ...More } } fragment More on Order { was: state }')
    expect(data).toEqual({ orders: null })
    expect(placesOf(errors)).toEqual([['orders.1.was', '2:39', 'Order.state has a value that its type does not allow']])
    expect(errors![0]!.extensions.code).toBe('INVALID_VALUE')
  })

  const whole = { state: 'PAID', note: null, total: { amount: '1' }, lines: [{ no: 1 }] }

  it.each([
    ['nothing', { state: undefined }, null, 'order.state', 'Order.state is null where null is not allowed'],
    ['null', { state: null }, null, 'order.state', 'Order.state is null where null is not allowed'],
    ['null in a list', { lines: [{ no: 1 }, null] }, null, 'order.lines.1', 'Order.lines is null where null is not allowed'],
    ['null in an element', { lines: [{}] }, null, 'order.lines.0.no', 'Line.no is null where null is not allowed'],
    ['no list', { lines: 'none' }, null, 'order.lines', 'Order.lines has a value that its type does not allow'],
    ['a wrong value that may be null', { note: 5 }, whole, 'order.note', 'Order.note has a value that its type does not allow'],
    [
      'null in an object that may be null',
      { total: {} },
      { ...whole, total: null },
      'order.total.amount',
      'Money.amount is null where null is not allowed',
    ],
  ])('may be %s', async (_what, wrong, wanted, path, message) => {
    const ask = await askOf(() => ({ data: { order: { ...order, ...wrong } } }))
    const { data, errors } = await ask('{ order { state note total { amount } lines { no } } }')
    expect(data).toEqual({ order: wanted })
    expect(placesOf(errors)).toEqual([[path, expect.stringMatching(/^1:[0-9]+$/), message]])
  })

  it('in a list of lists has the index of each', async () => {
    const ask = await askOf(() => ({ data: { counts: [[1], [2, null]] } }))
    const { data, errors } = await ask('{ counts }')
    expect([data, placesOf(errors).map(([path]) => path)]).toEqual([{ counts: null }, ['counts.1.1']])
  })

  it('is not reported again where its subgraph explained it', async () => {
    const explain = (path: (string | number)[] | undefined): Answers => {
      return () => ({ data: { order: { ...order, state: null } }, errors: [{ message: 'no', ...(path ? { path } : {}) }] })
    }
    for (const path of [['order', 'state'], ['order'], undefined]) {
      const { data, errors } = await (await askOf(explain(path)))('{ order { state } }')
      expect([data, errors!.map(({ message }) => message)]).toEqual([{ order: null }, ['no']])
    }
    const other = await (await askOf(explain(['order', 'note'])))('{ order { state note } }')
    expect(other.errors!.map(({ path }) => path!.join('.'))).toEqual(['order.note', 'order.state'])
  })
})

describe('an entity', () => {
  const list: Answers = () => ({ data: { orders: [order, { ...order, id: '2' }] } })

  it('whose subgraph fails is explained by the error of its subgraph', async () => {
    const places: Answers[] = [
      () => ({ data: null, errors: [{ message: 'away' }] }),
      () => ({ data: { _entities: [null, { shop: 'Li' }] }, errors: [{ message: 'away', path: ['_entities', 0] }] }),
      () => ({ data: { _entities: [{ shop: null }, { shop: 'Li' }] }, errors: [{ message: 'away', path: ['_entities', 0, 'shop'] }] }),
      () => Promise.reject(new Error('away')),
    ]
    for (const shops of places) {
      const { data, errors } = await (await askOf(list, shops))('{ orders { id shop } }')
      expect([data, errors!.map(({ message }) => message)]).toEqual([{ orders: null }, ['away']])
    }
  })

  it('that its subgraph does not have is null where null is allowed, and an error where it is not', async () => {
    const none: Answers = (all) => ({ data: { _entities: all.map(() => null) } })
    const one = await (await askOf(() => ({ data: { order } }), none))('{ order { id shop } }')
    expect(one).toMatchObject({ data: { order: null } })
    expect(one.errors).toBeUndefined()
    const { data, errors } = await (await askOf(list, none))('{ orders { id shop } }')
    expect([data, placesOf(errors).map(([path, , message]) => [path, message])]).toEqual([
      { orders: null },
      [['orders.0', 'Query.orders is null where null is not allowed']],
    ])
    expect((await (await askOf(list, none))('{ orders { id city } }')).data).toEqual({
      orders: [
        { id: '1', city: null },
        { id: '2', city: null },
      ],
    })
  })
})
