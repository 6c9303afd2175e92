import { buildSchema, graphqlSync, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { testViewer } from '../testing/viewers.ts'
import { writeGlobalId } from './global-id.ts'
import { newId } from './ids.ts'
import { readArguments } from './read-arguments.ts'
import { scalars } from './scalars.ts'
import { buildSchema as buildSubgraph, compile } from './subgraph.ts'

it('resolvers get plain ids, wherever in their arguments an id is', () => {
  const schema = readArguments(
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
  const schema = readArguments(
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

describe('a time that is none', () => {
  const SDL = parse(`scalar DateTime directive @itemwise on INPUT_FIELD_DEFINITION
    input Event { at: DateTime text: String } input In { events: [Event!] @itemwise others: [Event!] at: DateTime }
    type Query { take(input: In, at: DateTime): Int }`)
  let seen: unknown
  const take = (_: unknown, args: { input?: { events?: { at: unknown }[] } }) => {
    seen = args.input?.events?.map(({ at }) => (at instanceof Date && !Number.isNaN(at.getTime()) ? at.toISOString() : at))
    return 1
  }
  const schema = buildSubgraph([SDL], { ...scalars, Query: { take } })
  const ask = async (source: string, variables = {}) => {
    const compiled = compile(schema, source)
    if (!('query' in compiled)) throw new Error(compiled.errors[0]!.message)
    return compiled.query({}, { viewer: testViewer('t', []) }, variables)
  }
  const WRONG = ['2026-02-30T00:00:00Z', 'yesterday', '2026-01-01T00:00:00', '', 7]

  it.each(WRONG)('%j is refused with its place', async (at) => {
    const wrong = (place: string) => ({ originalError: { code: 'INVALID', fields: { [place]: expect.stringContaining('no time') } } })
    const refused = async (source: string, variables: object, place: string) =>
      expect((await ask(source, variables)).errors, place).toMatchObject([wrong(place)])
    await refused('query T($at: DateTime) { take(at: $at) }', { at }, 'at')
    await refused('query T($in: In) { take(input: $in) }', { in: { others: [{}, { at }] } }, 'others.1.at')
    await refused(`{ take(input: { at: ${JSON.stringify(at)} }) }`, {}, 'at')
  })

  it.each(WRONG)('%j reaches the use case in a list whose items are answered one by one', async (at) => {
    const events = [{ at: '2026-01-01T00:00:00Z' }, { at }]
    expect((await ask('query T($in: In) { take(input: $in) }', { in: { events } })).errors).toBeUndefined()
    expect(seen).toEqual(['2026-01-01T00:00:00.000Z', new Date(Number.NaN)])
    const literals = events.map((event) => `{ at: ${JSON.stringify(event.at)} }`)
    expect((await ask(`{ take(input: { events: [${literals}] }) }`)).errors).toBeUndefined()
    expect(seen).toEqual(['2026-01-01T00:00:00.000Z', new Date(Number.NaN)])
  })
})
