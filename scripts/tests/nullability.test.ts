import { describe, expect, it } from 'vitest'
import { type Answers, brokenNullability, readAnswers } from '../checks/nullability.ts'
import { SERVICES } from '../compose-supergraph.ts'

const NEEDS = '@requiresScopes(scopes: [["x"]])'
/** The columns of a table whose row is an A: `name` is NOT NULL, `nick` is not, and `totalMinor` is an amount. */
const columns = new Map([['A', new Map(Object.entries({ id: true, name: true, nick: false, totalMinor: true, bId: true }))]])
const answers = (sdl: string, loaded: string[] = []): Answers => ({ sdl, columns, loaded: new Set(loaded) })
const broken = (sdl: string, others = 'scalar Nothing', loaded: string[] = []) =>
  brokenNullability({ own: answers(sdl, loaded), other: { ...answers(others), columns: new Map() } }).map((text) =>
    text.replace(/^own: /, ''),
  )

describe('the nullability of a field', () => {
  it.each([
    ['type A @key(fields: "id") { id: ID! name: String }', 'A.name has a column that is NOT NULL and must be non-null'],
    ['type A @key(fields: "id") { id: ID! nick: String! }', 'A.nick has a column that may be NULL and must be nullable'],
    ['type A @key(fields: "id") { id: ID name: String! }', 'A.id has a column that is NOT NULL and must be non-null'],
    ['type A { name: [String!] }', 'A.name has a column that is NOT NULL and must be non-null'],
    ['type A { total: Money } type Money { of: Int }', 'A.total has a column that is NOT NULL and must be non-null'],
    ['type C { a: [Int]! }', 'C.a has items that may be null'],
    ['type Query { a: [[Int]!]! }', 'Query.a has items that may be null'],
    [`type C { b: Int! ${NEEDS} }`, 'C.b needs a scope and must be nullable'],
    [`type C { b: B! } type B ${NEEDS} { c: Int }`, 'C.b needs a scope and must be nullable'],
  ])('is refused in %s', (sdl, expected) => expect(broken(sdl)).toEqual([expected]))

  it('of an entity of several services must be nullable, except for its id', () => {
    const entity = 'type A @key(fields: "id") { id: ID! name: String! }'
    expect(broken(entity, 'type A @key(fields: "id") { id: ID! size: Int }')).toEqual([
      'A.name is of an entity of several services and must be nullable',
    ])
    expect(broken(entity, 'type A @key(fields: "id") { id: ID! } extend type A { size: Int }'), 'by an extension').toHaveLength(1)
    expect(broken(entity, 'type A @key(fields: "id", resolvable: false) { id: ID! }'), 'only named elsewhere').toEqual([])
  })

  it('that another service answers, or that is loaded by itself, must be nullable', () => {
    const other = 'type B @key(fields: "id") { id: ID! size: Int }'
    expect(broken('type C { b: [B!]! } type B @key(fields: "id", resolvable: false) { id: ID! }', other)).toEqual([
      'C.b is answered by another service and must be nullable',
    ])
    expect(broken('type A { size: Int! }', undefined, ['A.size'])).toEqual(['A.size is loaded by itself and must be nullable'])
    expect(broken('type A { name: String }', undefined, ['A.name']), 'its column does not matter').toEqual([])
  })

  it('is accepted when it is correct', () => {
    const sdl = `type Query { as: AConnection! ${NEEDS} } type AConnection { nodes: [A!]! } type A @key(fields: "id") ${NEEDS} {
      id: ID! name: String! nick: String total: Money! b: B computed: Int! } type Money { of: Int! } type B @key(fields: "id") { id: ID! }`
    expect(broken(sdl)).toEqual([])
  })

  it('is read from the tables and resolvers of every service', async () => {
    const all = Object.fromEntries(await Promise.all(SERVICES.map(async (name) => [name, await readAnswers(name)] as const)))
    expect([all.campaign!.columns.get('Segment')!.get('name'), all.campaign!.columns.get('Segment')!.get('problem')]).toEqual([true, false])
    expect(all.campaign!.loaded).toContain('Segment.size')
    expect(all.campaign!.loaded).not.toContain('Segment.isReady')
  })
})
