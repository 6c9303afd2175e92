import { type ExecutionResult, parse } from 'graphql'
import { compileQuery } from 'graphql-jit'
import { describe, expect, it } from 'vitest'
import { testViewer } from '../testing/viewers.ts'
import { AppError } from './errors.ts'
import { buildSchema } from './subgraph.ts'

const SDL = parse(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@requiresScopes"])
  type Query { a: Int }
  type UserError { message: String! code: String! field: [String!] }
  type Payload { thing: String done: Int! names: [String!]! userErrors: [UserError!]! }
  type Mutation { act(input: String!): Payload! guarded(input: String!): Payload! @requiresScopes(scopes: [["x"]]) plain(input: String!): Int }`)

const failures: Record<string, Error> = {
  fields: new AppError('INVALID', 'name: too long', { name: 'too long', 'mapping.sku': 'is required', 'input.first': '1 to 100' }),
  whole: new AppError('CONFLICT', 'It is there already'),
  gone: new AppError('NOT_FOUND', 'No such thing'),
  denied: new AppError('FORBIDDEN', 'Not yours'),
  busy: new AppError('UNAVAILABLE', 'Later'),
  broken: new Error('a bug'),
}
const act = async (_: unknown, { input }: { input: string }) => {
  if (failures[input]) throw failures[input]
  return { thing: input, done: 1, names: ['a'] }
}
const schema = buildSchema([SDL], { Query: { a: () => 1 }, Mutation: { act, guarded: act, plain: act } })

async function run(source: string): Promise<ExecutionResult> {
  const compiled = compileQuery(schema, parse(source))
  if (!('query' in compiled)) throw new Error('does not compile')
  const result = await compiled.query({}, { viewer: testViewer('t', []) }, {})
  return JSON.parse(JSON.stringify(result)) as ExecutionResult
}
const all = '{ thing done names userErrors { message code field } }'
const nothing = { thing: null, done: 0, names: [] }

describe('what a caller can fix', () => {
  it('is returned in the payload, one error per field, with its path in the input', async () => {
    expect(await run(`mutation { act(input: "fields") ${all} }`)).toEqual({
      data: {
        act: {
          ...nothing,
          userErrors: [
            { message: 'name: too long', code: 'BAD_USER_INPUT', field: ['input', 'name'] },
            { message: 'mapping.sku: is required', code: 'BAD_USER_INPUT', field: ['input', 'mapping', 'sku'] },
            { message: 'input.first: 1 to 100', code: 'BAD_USER_INPUT', field: ['input', 'first'] },
          ],
        },
      },
    })
    const userErrors = [{ message: 'It is there already', code: 'CONFLICT', field: null }]
    expect(await run(`mutation { act(input: "whole") ${all} }`)).toEqual({ data: { act: { ...nothing, userErrors } } })
  })

  it('is returned there however it is selected, and under the requested name', async () => {
    const told = { errors: [{ code: 'NOT_FOUND' }] }
    expect(await run('mutation { a: act(input: "gone") { ... on Payload { errors: userErrors { code } } } }')).toEqual({
      data: { a: told },
    })
    expect(await run('mutation { act(input: "gone") { ...F } } fragment F on Payload { errors: userErrors { code } }')).toEqual({
      data: { act: told },
    })
  })

  it('is an error of the response for a client that does not select it', async () => {
    const { data, errors } = await run('mutation { act(input: "whole") { thing } }')
    expect(data).toBeNull()
    expect(errors).toMatchObject([{ message: 'It is there already', path: ['act'] }])
  })

  it('is empty where nothing is wrong', async () => {
    expect(await run(`mutation { act(input: "fine") ${all} }`)).toEqual({
      data: { act: { thing: 'fine', done: 1, names: ['a'], userErrors: [] } },
    })
  })
})

it.each(['denied', 'busy', 'broken'])('a failure that a caller cannot fix is an error of the response: %s', async (input) => {
  const { data, errors } = await run(`mutation { act(input: "${input}") ${all} }`)
  expect([data, errors?.[0]?.message]).toEqual([null, failures[input]!.message])
})

it('a caller without permission gets that among the errors, whatever it selects', async () => {
  expect((await run(`mutation { guarded(input: "whole") ${all} }`)).errors?.[0]?.message).toMatch('This needs x')
})
