import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type ObjectTypeDefinitionNode, parse, print } from 'graphql'
import { afterAll, describe, expect, it } from 'vitest'
import { withConnections } from './connections.ts'
import { mergeExtensions } from './merge-extensions.ts'
import { readSdl, strayFiles } from './read-sdl.ts'

const PUBLIC = '@tag(name: "public")'

const typesOf = (sdl: string) =>
  new Map(
    parse(sdl)
      .definitions.filter((one): one is ObjectTypeDefinitionNode => one.kind === 'ObjectTypeDefinition')
      .map((one) => [one.name.value, print(one)]),
  )
const connected = (sdl: string) => typesOf(print(withConnections(parse(sdl))))
const merged = (sdl: string) => typesOf(print(mergeExtensions(parse(sdl))))

describe('the connections of an SDL', () => {
  it('come from the fields that use them, once for each type', () => {
    const types = connected('type Query { as: AuditEntryConnection! bs: [AuditEntryConnection] } type AuditEntry { id: ID! }')
    expect([...types.keys()]).toEqual(['Query', 'AuditEntry', 'AuditEntryConnection', 'AuditEntryEdge'])
    expect(types.get('AuditEntryConnection')).toBe(`"A page of audit entries."
type AuditEntryConnection @shareable {
  "The audit entries of the page, each with its cursor."
  edges: [AuditEntryEdge!]!
  "The audit entries of the page, without cursors."
  nodes: [AuditEntry!]!
  "Cursors of the page's first and last item, and whether there are more before and after."
  pageInfo: PageInfo!
  "Number of audit entries on all pages; counted only when it is selected."
  totalCount: Int @cost(weight: 20)
  "True when there are more than 10,000: \`totalCount\` is then an estimate, and at least 10,000."
  isTotalEstimate: Boolean @cost(weight: 20)
}`)
    expect(connected('type Query { a: Int }').size, 'none where no field is a connection').toBe(1)
  })

  it.each([
    ['a public field', `type Query { a: Int as: AConnection ${PUBLIC} }`],
    ['a field of a public type', `type B ${PUBLIC} { as: AConnection }`],
    ['a public field beside one that is not', `type Query { as: AConnection ${PUBLIC} } extend type Query { more: AConnection }`],
  ])('are public for %s', (_use, sdl) => {
    const types = connected(sdl)
    for (const name of ['AConnection', 'AEdge']) expect(types.get(name)).toContain(`@shareable ${PUBLIC} {`)
  })

  it('are not public for a field that is not', () => {
    for (const sdl of [`type Query { a: Int ${PUBLIC} as: AConnection }`, 'type Query { as: AConnection @tag(name: "preview") }'])
      expect(connected(sdl).get('AConnection')).toContain('type AConnection @shareable {')
  })
})

describe('the extensions of an SDL', () => {
  it('become fields of the one definition of their type', () => {
    const types = merged(
      `extend type Query { a: Int } "A." type A ${PUBLIC} { id: ID! } extend type A ${PUBLIC} { b: Int } extend type Query { c: Int }`,
    )
    expect(types.get('Query')).toBe('"Everything that can be read."\ntype Query {\n  a: Int\n  c: Int\n}')
    expect(types.get('A'), 'each directive once').toBe(`"A."\ntype A ${PUBLIC} {\n  id: ID!\n  b: Int\n}`)
  })

  it('make an entity of a type that another service defines', () => {
    expect(merged(`extend type A ${PUBLIC} { b: Int }`).get('A')).toBe(`type A @key(fields: "id") ${PUBLIC} {\n  id: ID!\n  b: Int\n}`)
  })

  it('do not hide that a type is defined twice', () => {
    expect(() => merged('type A { id: ID! } type A { b: Int }')).toThrow('A is defined twice')
  })

  it('are public all or none', () => {
    expect(() => merged(`extend type A ${PUBLIC} { b: Int } extend type A { c: Int }`)).toThrow('A is public in some of its blocks only')
  })
})

describe('the SDL of a service', () => {
  const root = mkdtempSync(join(tmpdir(), 'renmai-sdl-'))
  afterAll(() => rmSync(root, { recursive: true }))
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }

  it('holds what all services share, and what its features hold, but nothing that was generated', () => {
    write('shop/src/orders/order.graphql', 'extend type Query { orders: OrderConnection }')
    write('shop/src/gen/schema.graphql', 'type Old { id: ID! }')
    expect(readSdl(join(root, 'shop'))).toMatch(/scalar Date[^]*type Query [^]*type OrderConnection/)
    expect(readSdl(join(root, 'shop'))).not.toContain('Old')
    expect(strayFiles(join(root, 'shop'))).toEqual([])
  })

  it('has a place in the feature that answers it', () => {
    write('stray/src/schema.graphql', 'type Query { a: Int }')
    expect(strayFiles(join(root, 'stray'))).toEqual([expect.stringMatching(/stray\/src\/schema\.graphql: SDL stands in the folder of/)])
  })
})
