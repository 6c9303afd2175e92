import { type ExecutionResult, parse } from 'graphql'
import { compileQuery } from 'graphql-jit'
import { expect, it } from 'vitest'
import { testViewer } from '../testing/viewers.ts'
import { AppError } from './errors.ts'
import { buildSchema } from './subgraph.ts'

const SDL = parse(`type Query { a: Int }
  type UserError { message: String! code: String! field: [String!] }
  type Payload { thing: String userErrors: [UserError!]! }
  type Mutation { act: Payload! }`)
const act = () => {
  throw new AppError('CONFLICT', 'It is there already')
}
const schema = buildSchema([SDL], { Query: { a: () => 1 }, Mutation: { act } })

async function run(source: string, variables: object): Promise<ExecutionResult> {
  const compiled = compileQuery(schema, parse(source))
  if (!('query' in compiled)) throw new Error('does not compile')
  return compiled.query({}, { viewer: testViewer('t', []) }, variables)
}
const asking = (selection: string) => `mutation M($yes: Boolean!, $no: Boolean!) { act { thing ${selection} } }
  fragment E on Payload { userErrors { message } }`

it.each([
  'userErrors @skip(if: true) { message } ...E @include(if: false)',
  'userErrors @skip(if: $yes) { message } ...E @include(if: $no)',
  '... @include(if: $no) { userErrors { message } } ...E @skip(if: true)',
])('a failure is an error of the answer when its place in the payload is left out: %s', async (selection) => {
  const { errors } = await run(asking(selection), { yes: true, no: false })
  expect(errors).toMatchObject([{ message: 'It is there already' }])
})

it.each(['userErrors @include(if: $yes) { message } ...E @skip(if: true)', '...E @skip(if: $no)'])(
  'a failure is in the payload when its place is let in: %s',
  async (selection) => {
    const { data, errors } = await run(asking(selection), { yes: true, no: false })
    expect([errors, data]).toMatchObject([undefined, { act: { userErrors: [{ message: 'It is there already' }] } }])
  },
)
