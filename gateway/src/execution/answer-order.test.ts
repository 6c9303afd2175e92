import { describe, expect, it } from 'vitest'
import { composeSubgraphs } from '../../test/compose.ts'

const thing = { __typename: 'Thing', id: '1', a: 1, b: 2, part: { c: 3, d: 4 } }
const sdl = 'type Query { thing: Thing } type Thing @key(fields: "id") { id: ID! a: Int b: Int part: Part } type Part { c: Int d: Int }'

describe('a field of an answer', () => {
  it.each([
    ['{ thing { a @skip(if: $no) b a } }', true, '{"b":2,"a":1}'],
    ['{ thing { a @skip(if: $no) b a } }', false, '{"a":1,"b":2}'],
    ['{ thing { ...F @include(if: $no) b part { d } } } fragment F on Thing { part { c } a }', false, '{"b":2,"part":{"d":4}}'],
    ['{ thing { ...F @include(if: $no) b part { d } } } fragment F on Thing { part { c } a }', true, '{"part":{"c":3,"d":4},"a":1,"b":2}'],
    ['{ thing { a @skip(if: $no) b a @include(if: $no) } }', true, '{"b":2,"a":1}'],
    ['{ thing { a @include(if: $no) b a @include(if: $no) } }', false, '{"b":2}'],
    ['{ thing { a @skip(if: $no) ...F part { c } } } fragment F on Thing { b a part { d } }', true, '{"b":2,"a":1,"part":{"d":4,"c":3}}'],
  ])('of %s has the place of its first selection that is not skipped (%s)', async (selected, no, wanted) => {
    const ask = await composeSubgraphs({ one: { sdl, answers: () => ({ data: { thing } }) } })
    const { data, errors } = await ask(`query Q($no: Boolean!) ${selected}`, { no })
    expect(errors).toBeUndefined()
    expect(JSON.stringify(data!.thing)).toBe(wanted)
  })
})

describe('the type of an object', () => {
  it('stays as its own subgraph answers it, beside a subgraph that has the interface as an object', async () => {
    const books = `type Query { media: Media } interface Media @key(fields: "id") { id: ID! }
      type Book implements Media @key(fields: "id") { id: ID! title: String! next: Media }`
    const reviews = 'type Media @key(fields: "id") @interfaceObject { id: ID! stars: Int! } type Query { best: Media }'
    const ask = await composeSubgraphs({
      books: {
        sdl: books,
        answers: (all) =>
          all.length > 0
            ? { data: { _entities: all.map(() => ({ __typename: 'Book', title: 'Lunyu' })) } }
            : { data: { media: { __typename: 'Book', id: '1', title: 'Lunyu' } } },
      },
      reviews: {
        sdl: reviews,
        answers: (all) =>
          all.length > 0
            ? { data: { _entities: all.map(() => ({ __typename: 'Media', stars: 5 })) } }
            : { data: { best: { __typename: 'Media', id: '1', stars: 5 } } },
      },
    })
    const { data } = await ask('{ media { __typename stars ... on Book { title } } }')
    expect(data).toEqual({ media: { __typename: 'Book', stars: 5, title: 'Lunyu' } })
    expect((await ask('{ best { __typename stars ... on Book { title } } }')).data).toEqual({
      best: { __typename: 'Book', stars: 5, title: 'Lunyu' },
    })
  })
})
