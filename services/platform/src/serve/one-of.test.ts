import { type ExecutionResult, parse } from 'graphql'
import { expect, it } from 'vitest'
import { testViewer } from '../testing/viewers.ts'
import { buildSchema, compile } from './subgraph.ts'

const SDL = parse(`extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@composeDirective"])
    @link(url: "https://specs.renmai.dev/one-of/v0.1", import: ["@oneOf"])
    @composeDirective(name: "@oneOf")
  directive @oneOf on INPUT_OBJECT
  input Choice @oneOf { a: String b: Int }
  input Wish { choice: Choice! }
  enum Way { UP DOWN }
  input Order { field: String! way: Way! = DOWN }
  input Wanted { order: Order }
  type Query { pick(choice: Choice!): String wish(wish: Wish!): String sort(wanted: Wanted!): String }`)
const pick = (_: unknown, { choice }: { choice: object }) => JSON.stringify(choice)
const sort = (_: unknown, { wanted }: { wanted: object }) => JSON.stringify(wanted)
const schema = buildSchema([SDL], { Query: { pick, sort, wish: (_: unknown, { wish }: { wish: { choice: object } }) => pick(_, wish) } })

async function run(source: string, variables: object = {}): Promise<ExecutionResult> {
  const compiled = compile(schema, source)
  if (!('query' in compiled)) return { errors: compiled.errors }
  return compiled.query({}, { viewer: testViewer('t', []) }, variables as Record<string, unknown>)
}
const PICK = 'query P($choice: Choice!) { pick(choice: $choice) }'
const WISH = 'query W($wish: Wish!) { wish(wish: $wish) }'

it.each([{}, { a: 'x', b: 1 }, { a: 'x', b: null }, { a: null }])(
  'a variable %j is refused where one field is to be given',
  async (choice) => {
    expect(await run(PICK, { choice })).toMatchObject({ errors: [{}] })
    expect(await run(WISH, { wish: { choice } })).toMatchObject({ errors: [{}] })
    const text = JSON.stringify(choice).replaceAll(/"(\w)":/g, '$1:')
    expect(await run(`{ pick(choice: ${text}) }`)).toMatchObject({ errors: [{}] })
  },
)

it('an input of which one field is given is read', async () => {
  expect(await run(PICK, { choice: { b: 1 } })).toEqual({ data: { pick: '{"b":1}' } })
  expect(await run(WISH, { wish: { choice: { a: 'x' } } })).toEqual({ data: { wish: '{"a":"x"}' } })
  expect(await run('query P($a: String!) { pick(choice: { a: $a }) }', { a: 'x' })).toEqual({ data: { pick: '{"a":"x"}' } })
})

it('a field that has a default may be left out of a variable, also where it is not null', async () => {
  const SORT = 'query S($wanted: Wanted!) { sort(wanted: $wanted) }'
  expect(await run(SORT, { wanted: { order: { field: 'A' } } })).toEqual({ data: { sort: '{"order":{"field":"A","way":"DOWN"}}' } })
  expect(await run(SORT, { wanted: { order: { field: 'A', way: null } } })).toMatchObject({ errors: [{}] })
})
