import { parse, print } from 'graphql'
import { expect, it } from 'vitest'
import { byUse, inOrder } from './in-order.ts'

const order = (schema: string, ...services: string[]) =>
  print(
    inOrder(
      parse(schema),
      services.map((sdl) => parse(sdl)),
    ),
  ).replace(/\s+/g, ' ')

it('a schema has its types and members in the order of the services, the fields of the owner first', () => {
  const schema = `scalar Day enum Way { A B C } type Customer { a: Int b: Int id: ID! n: Int }
    type CustomerConnection { a: Int } type CustomerEdge { a: Int } type Mutation { a: Int } type Node { id: ID! } type Query { a: Int z: Int }`
  const others = 'scalar Day enum Way { C } extend type Customer { b: Int a: Int } extend type Query { a: Int }'
  const owner = 'type Customer { id: ID! n: Int } extend enum Way { B A } extend type Query { z: Int }'
  expect(order(schema, others, owner)).toBe(
    'type Query { a: Int z: Int } type Mutation { a: Int } scalar Day enum Way { C B A } type Customer { id: ID! n: Int b: Int a: Int } ' +
      'type CustomerConnection { a: Int } type CustomerEdge { a: Int } type Node { id: ID! }',
  )
})

it('a service comes before those whose types are extended less', () => {
  const [rarely, often] = [parse('type A { id: ID! } extend type B { a: Int }'), parse('type B { id: ID! } extend type B { b: Int }')]
  expect(byUse([rarely, often])).toEqual([often, rarely])
})
