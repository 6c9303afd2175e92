import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { compileRepresentation } from './compile-representation.ts'
import { merge } from './merge.ts'

describe('merging answers', () => {
  it('merges objects, and lists of the same length element by element', () => {
    const known = { name: 'Li', home: { city: 'Hangzhou' }, orders: [{ id: '1' }, { id: '2' }, null], tags: ['a'] }
    merge(known, { home: { street: 'Wensan Road' }, orders: [{ total: 1 }, null, { id: '3' }], tags: ['a', 'b'] })
    expect(known).toEqual({
      name: 'Li',
      home: { city: 'Hangzhou', street: 'Wensan Road' },
      orders: [{ id: '1', total: 1 }, null, { id: '3' }],
      tags: ['a', 'b'],
    })
  })

  it('queries an entity only when all required fields are known', () => {
    const schema = buildSchema('type Query { a: A } interface N { id: ID! } type A implements N { id: ID! parts: [B!] } type B { no: Int }')
    const represent = compileRepresentation(schema, [
      { kind: 'Field', name: '__typename' },
      {
        kind: 'InlineFragment',
        typeCondition: 'N',
        selections: [
          { kind: 'Field', name: 'id' },
          { kind: 'Field', name: 'parts', selections: [{ kind: 'Field', name: 'no' }] },
        ],
      },
    ])
    const whole = { __typename: 'A', id: '1', parts: [{ no: 1, more: 2 }, null] }
    expect(represent(whole)).toEqual({ __typename: 'A', id: '1', parts: [{ no: 1 }, null] })
    expect(represent({ __typename: 'A', id: '1' })).toEqual({ __typename: 'A' })
    expect(represent({ id: '1', parts: [] })).toBeNull()
  })
})
