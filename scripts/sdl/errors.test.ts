import { buildSchema, isEnumType, isObjectType, parse, print } from 'graphql'
import { expect, it } from 'vitest'
import { withErrors } from './errors.ts'

const SHARED = `interface UserError { message: String! field: [String!] parameters: [SentenceParameter!]! }
  type SentenceParameter { name: String! value: String! } directive @tag(name: String!) repeatable on OBJECT | ENUM
  directive @cost(weight: Int!) on OBJECT type Query { a: Int }`
const SENTENCES = new Map([
  ['NAME_TAKEN', 'A thing of this name exists'],
  ['TOO_MANY', 'At most {most} things. Delete some!'],
])
const generated = (sdl: string) => buildSchema(print(withErrors(parse(`${SHARED} ${sdl}`), SENTENCES)))

function codesOf(sdl: string): Record<string, unknown> {
  const type = generated(sdl).getType('MakeErrorCode')
  if (!isEnumType(type)) throw new Error('There is no enum')
  return Object.fromEntries(type.getValues().map(({ name, description }) => [name, description]))
}

const PAYLOAD = 'type MakePayload @tag(name: "public") { userErrors: [MakeError!]! }'
const KEYED = 'input MakeInput { idempotencyKey: String! }'

it('the errors of a mutation have a type and an enum of their own, public where its payload is', () => {
  const schema = generated(`${PAYLOAD} ${KEYED} enum MakeErrorCode { NAME_TAKEN }`)
  const type = schema.getType('MakeError')
  expect(isObjectType(type) && type.getInterfaces().map(String)).toEqual(['UserError'])
  expect(isObjectType(type) && String(type.getFields().code?.type)).toBe('MakeErrorCode!')
  for (const name of ['MakeError', 'MakeErrorCode']) expect(print(schema.getType(name)!.astNode!)).toContain('@tag(name: "public")')
})

it('an enum has the codes of its mutation and those of every one, described by the sentences of the code', () => {
  expect(codesOf(`${PAYLOAD} ${KEYED} enum MakeErrorCode { NAME_TAKEN TOO_MANY }`)).toEqual({
    NAME_TAKEN: 'A thing of this name exists.',
    TOO_MANY: 'At most {most} things. Delete some!',
    BAD_USER_INPUT: expect.any(String),
    IDEMPOTENCY_KEY_REUSED: expect.any(String),
  })
})

it('a mutation without codes of its own, or without a key, has the others', () => {
  expect(Object.keys(codesOf(`${PAYLOAD} ${KEYED}`))).toEqual(['BAD_USER_INPUT', 'IDEMPOTENCY_KEY_REUSED'])
  expect(Object.keys(codesOf(`${PAYLOAD} input MakeInput { name: String }`))).toEqual(['BAD_USER_INPUT'])
})

it('a code that no failure has is refused', () => {
  expect(() => codesOf(`${PAYLOAD} enum MakeErrorCode { NAME_TAKN }`)).toThrow('MakeErrorCode has NAME_TAKN, which no failure')
})
