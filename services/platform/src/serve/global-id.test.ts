import { buildSchema, graphqlSync } from 'graphql'
import { describe, expect, it } from 'vitest'
import { readGlobalId, readGlobalIds, writeGlobalId } from './global-id.ts'
import { newId } from './ids.ts'

describe('a global id', () => {
  it('contains the type of its object', () => {
    const id = newId()
    const text = writeGlobalId('Customer', id)
    expect(text).toMatch(/^[\w-]+$/)
    expect(readGlobalId(text)).toEqual({ type: 'Customer', id })
  })

  it.each([
    '',
    'a',
    newId(),
    Buffer.from('Customer:1').toString('base64url'),
    Buffer.from(`Customer:${newId()}:x`).toString('base64url'),
    Buffer.from(`__proto__:${newId()}`).toString('base64url'),
    '\u0000',
    '💥',
  ])('is not %j', (text) => expect(readGlobalId(text)).toBeUndefined())
})

it('resolvers get plain ids, wherever in their arguments an id is', () => {
  const schema = readGlobalIds(
    buildSchema(`type Query { show(id: ID, ids: [ID!], text: String, clause: Clause): String plain(text: String): String }
      input Clause { tagId: ID name: String all: [Clause!] not: Clause }`),
  )
  let seen: unknown
  schema.getQueryType()!.getFields().plain!.resolve = (_, args) => void (seen = args)
  // The wrapped resolver calls the root value's, which is what it was made of.
  const rootValue = { show: (args: unknown) => void (seen = args) }
  const ask = (source: string, variableValues = {}) => {
    seen = undefined
    const { errors } = graphqlSync({ schema, source, rootValue, variableValues })
    expect(errors).toBeUndefined()
    return seen
  }
  const [id, text] = [newId(), '']
  const global = writeGlobalId('Tag', id)
  expect(ask(`{ show(id: "${global}", ids: ["${global}", "${id}", "x"], text: "${global}") }`)).toEqual({
    id,
    ids: [id, id, 'x'],
    text: global,
  })
  const clause = { tagId: global, name: global, all: [{ tagId: global, not: { tagId: id } }, { not: null }] }
  expect(ask('query ($clause: Clause) { show(clause: $clause) }', { clause })).toEqual({
    clause: { tagId: id, name: global, all: [{ tagId: id, not: { tagId: id } }, { not: null }] },
  })
  expect(ask('{ show(id: null, ids: null, clause: null) }')).toEqual({ id: null, ids: null, clause: null })
  expect(ask(`{ plain(text: "${text}") }`)).toEqual({ text })
})

it('an id of another type than the place wants is refused, and the error names the place', () => {
  const schema = readGlobalIds(
    buildSchema(`directive @idOf(type: String!) on ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION
      type Query { tag(id: ID @idOf(type: "Tag")): String put(input: Put): String }
      input Put { tagIds: [ID!] @idOf(type: "Tag") of: Of }
      input Of { customerId: ID @idOf(type: "Customer") }`),
  )
  const ask = (source: string) =>
    graphqlSync({ schema, source, rootValue: { tag: () => 'found', put: () => 'found' } }).errors?.[0]?.originalError
  const [id, tag, customer] = [newId(), writeGlobalId('Tag', newId()), writeGlobalId('Customer', newId())]
  for (const right of [tag, id, 'x']) expect(ask(`{ tag(id: "${right}") put(input: { tagIds: ["${right}"], of: {} }) }`)).toBeUndefined()
  const wrong = (place: string) => ({ code: 'INVALID', fields: { [place]: expect.stringContaining('is the id of a ') } })
  expect(ask(`{ tag(id: "${customer}") }`)).toMatchObject(wrong('id'))
  expect(ask(`{ put(input: { tagIds: ["${tag}", "${customer}"] }) }`)).toMatchObject(wrong('tagIds.1'))
  expect(ask(`{ put(input: { of: { customerId: "${tag}" } }) }`)).toMatchObject(wrong('of.customerId'))
})
