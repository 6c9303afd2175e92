import { graphql, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { testViewer } from '../testing/viewers.ts'
import { newId } from './ids.ts'
import { buildSchema } from './subgraph.ts'

const SDL = parse(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@key", "@requiresScopes", "@policy"])
  type Query { secret: Secret plain: Plain guarded: Int @requiresScopes(scopes: [["a", "b"], ["c"]])
    inside: Int @requiresScopes(scopes: [["a"]]) @policy(policies: [["staff"]]) ruled: Int @policy(policies: [["nobody knows it"]]) }
  type Secret @key(fields: "id") @requiresScopes(scopes: [["a"]]) { id: ID! }
  type Plain @key(fields: "id") { id: ID! }`)
const one = { id: '1' }
const schema = buildSchema([SDL], {
  Query: { secret: () => ({ ...one }), plain: () => ({ ...one }), guarded: () => 1, inside: () => 1, ruled: () => 1 },
  Secret: { __resolveReference: () => ({ ...one }) },
  Plain: { __resolveReference: () => ({ ...one }) },
})
async function ask(source: string, scopes: string[], kind: 'STAFF' | 'CLIENT' = 'STAFF') {
  const { data, errors } = await graphql({ schema, source, contextValue: { viewer: { ...testViewer(newId(), scopes), kind } } })
  return { data, codes: (errors ?? []).map(({ originalError }) => (originalError as { code?: string }).code) }
}
const entity = (type: string) => `{ _entities(representations: [{ __typename: "${type}", id: "1" }]) { ... on ${type} { id } } }`

describe('a subgraph', () => {
  it.each([
    [[], false],
    [['a'], false],
    [['a', 'b'], true],
    [['c'], true],
  ])('lets a viewer with %j have a field that needs a and b, or c: %s', async (scopes, isGiven) => {
    const { data, codes } = await ask('{ guarded }', scopes)
    expect([data?.guarded, codes]).toEqual(isGiven ? [1, []] : [null, ['FORBIDDEN']])
  })

  it('guards a type where a field returns it and where it is requested by its key', async () => {
    for (const source of ['{ secret { id } }', entity('Secret')]) {
      expect((await ask(source, [])).codes).toEqual(['FORBIDDEN'])
      expect((await ask(source, ['a'])).codes).toEqual([])
    }
    for (const source of ['{ plain { id } }', entity('Plain')]) expect((await ask(source, [])).codes).toEqual([])
  })

  it('lets a policy decide by the kind of the viewer, in addition to scopes', async () => {
    expect((await ask('{ inside }', ['a'])).codes).toEqual([])
    expect((await ask('{ inside }', [])).codes).toEqual(['FORBIDDEN'])
    expect((await ask('{ inside }', ['a', 'staff'], 'CLIENT')).codes).toEqual(['FORBIDDEN'])
    expect((await ask('{ ruled }', ['nobody knows it'])).codes).toEqual(['FORBIDDEN'])
  })
})
