import { buildSchema, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { readItemwise } from '../supergraph/read-itemwise.ts'
import { requireStorable } from './require-storable.ts'

const SDL = `directive @itemwise on INPUT_FIELD_DEFINITION
  input Event { name: String inner: Event } input In { events: [Event!] @itemwise others: [Event!] name: String }
  type Query { take(input: In, event: Event, names: [String!]): Int }`
const document = parse('query T($input: In, $event: Event, $names: [String!]) { take(input: $input, event: $event, names: $names) }')
const check = (variables: Record<string, unknown>) =>
  requireStorable(buildSchema(SDL), readItemwise(SDL), { document, operationName: undefined, variables })

describe.each(['😀'.slice(0, 1), 'a\u0000b'])('text that cannot be stored, %j,', (name) => {
  it.each([
    ['in a variable', { names: ['Ann', name] }, 'variables.names.1'],
    ['in an input', { input: { others: [{ name: 'Ann' }, { inner: { name } }] } }, 'variables.input.others.1.inner.name'],
    ['after items that are answered one by one', { input: { events: [{ name }], name } }, 'variables.input.name'],
    ['in the same input elsewhere', { event: { name } }, 'variables.event.name'],
    ['in a name that is not known', { input: { [name]: 1 } }, 'variables.input'],
    ['in the name of a variable', { [name]: 1 }, 'variables'],
    ['in a variable that the document has not', { more: { name } }, 'variables.more.name'],
  ])('is refused with its place %s', (_where, variables, place) => {
    expect(() => check(variables)).toThrow(
      expect.objectContaining({ code: 'INVALID', fields: { [place]: expect.stringContaining('cannot be stored') } }),
    )
  })

  it('is left to the subgraph in items that are answered one by one', () => {
    expect(() => check({ input: { events: [{ name: 'Ann' }, { name, inner: { name } }] } })).not.toThrow()
  })
})

it('other text is no reason to refuse', () => {
  expect(() => check({ names: ['😀', ''], input: { events: [] } })).not.toThrow()
})
