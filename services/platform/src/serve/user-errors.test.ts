import { type ExecutionResult, parse } from 'graphql'
import { compileQuery } from 'graphql-jit'
import { describe, expect, it } from 'vitest'
import { testViewer } from '../testing/viewers.ts'
import { AppError, failures } from './errors.ts'
import type { Log } from './log.ts'
import { buildSchema, maskErrors } from './subgraph.ts'

const SDL = parse(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@requiresScopes"])
  type Query { a: Int }
  type UserError { message: String! code: String! field: [String!] parameters: [Parameter!]! }
  type Parameter { name: String! value: String! }
  type OwnError { message: String! code: OwnErrorCode! field: [String!] parameters: [Parameter!]! }
  enum OwnErrorCode { NAME_TAKEN TOO_MANY CONFLICT BAD_USER_INPUT }
  type OwnPayload { thing: String userErrors: [OwnError!]! }
  type Payload { thing: String done: Int! names: [String!]! userErrors: [UserError!]! }
  type Mutation { act(input: String!): Payload! guarded(input: String!): Payload! @requiresScopes(scopes: [["x"]]) plain(input: String!): Int own(input: String!): OwnPayload! }`)

const failure = failures({
  NAME_TAKEN: ['CONFLICT', 'A thing of this name exists'],
  TOO_MANY: ['CONFLICT', 'At most {most} things of {kind}'],
  NOT_LISTED: ['CONFLICT', 'Not in the enum'],
  NOT_LISTED_EITHER: ['NOT_FOUND', 'Neither it nor its general code'],
})
const thrown: Record<string, Error> = {
  taken: failure('NAME_TAKEN', ['name', 'path.0.name']),
  many: failure('TOO_MANY', undefined, { most: 3, kind: 'x' }),
  unlisted: failure('NOT_LISTED', 'name'),
  unknown: failure('NOT_LISTED_EITHER'),
  shape: new AppError('INVALID', 'size: too big', { size: 'too big' }, { fieldParameters: { size: { rule: 'too_big', maximum: '3' } } }),
  fields: new AppError('INVALID', 'name: too long', { name: 'too long', 'mapping.sku': 'is required', 'input.first': '1 to 100' }),
  whole: new AppError('CONFLICT', 'It is there already'),
  gone: new AppError('NOT_FOUND', 'No such thing'),
  denied: new AppError('FORBIDDEN', 'Not yours'),
  busy: new AppError('UNAVAILABLE', 'Later'),
  broken: new Error('a bug'),
}
const act = async (_: unknown, { input }: { input: string }) => {
  if (thrown[input]) throw thrown[input]
  return { thing: input, done: 1, names: ['a'] }
}
const logged: object[] = []
const log = { error: (fields: object) => logged.push(fields) } as unknown as Log
const schema = buildSchema([SDL], { Query: { a: () => 1 }, Mutation: { act, guarded: act, plain: act, own: act } }, { log })

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
  expect([data, errors?.[0]?.message]).toEqual([null, thrown[input]!.message])
})

it('a caller without permission gets that among the errors, whatever it selects', async () => {
  expect((await run(`mutation { guarded(input: "whole") ${all} }`)).errors?.[0]?.message).toMatch('This needs x')
})

describe('a failure with a code of its own', () => {
  const own = async (input: string) => {
    const { data } = await run(`mutation { own(input: "${input}") { userErrors { message code field parameters { name value } } } }`)
    return (data as { own: { userErrors: object[] } }).own.userErrors
  }

  it('has it, the sentence, and each wrong field', async () => {
    const one = { message: 'A thing of this name exists', code: 'NAME_TAKEN', parameters: [] }
    expect(await own('taken')).toEqual([
      { ...one, field: ['input', 'name'] },
      { ...one, field: ['input', 'path', '0', 'name'] },
    ])
  })

  it('has the values of its sentence, so that a client can write it in another language', async () => {
    const parameters = [
      { name: 'most', value: '3' },
      { name: 'kind', value: 'x' },
    ]
    expect(await own('many')).toEqual([{ message: 'At most 3 things of x', code: 'TOO_MANY', field: null, parameters }])
    expect(await own('shape')).toMatchObject([{ code: 'BAD_USER_INPUT', parameters: [{ name: 'rule', value: 'too_big' }, { value: '3' }] }])
  })

  it('that its mutation does not have gets a general code and is logged, and is no internal error', async () => {
    logged.length = 0
    expect(await own('unlisted')).toMatchObject([{ code: 'CONFLICT', field: ['input', 'name'] }])
    expect(await own('unknown')).toMatchObject([{ code: 'BAD_USER_INPUT', field: null }])
    expect(logged).toEqual([
      { mutation: 'own', code: 'NOT_LISTED' },
      { mutation: 'own', code: 'NOT_LISTED_EITHER' },
    ])
  })

  it('is the reason of the error of the response for a client that does not select it', async () => {
    const compiled = compileQuery(schema, parse('mutation { own(input: "many") { thing } }'))
    if (!('query' in compiled)) throw new Error('does not compile')
    const result = await compiled.query({}, { viewer: testViewer('t', []) }, {})
    expect(maskErrors(result as ExecutionResult, log, 'r')).toMatchObject({
      errors: [{ extensions: { code: 'CONFLICT', reason: 'TOO_MANY', parameters: { most: 3, kind: 'x' } } }],
    })
  })
})
