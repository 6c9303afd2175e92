import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { composeServices } from '@apollo/composition'
import { isAtLeast } from '@renmai/platform/events/bus'
import { findNats } from '@renmai/platform/testing/nats'
import { buildSchema, parse, printSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { breakingChanges, publicChanges } from '../checks/breaking-changes.ts'
import { hiddenTables, unbatchedStatements } from '../checks/lint-migrations.ts'
import { lintSchema } from '../checks/lint-schema.ts'
import { type Locked, looseEnds, undecidedScripts, unknownLicences } from '../checks/lock.ts'
import { brokenConventions, brokenSdlRules } from '../checks/schema.ts'
import { readTar } from '../commands/read-tar.ts'

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.14", import: ["@key", "@inaccessible"])'
function supergraph(body: string): string {
  const { supergraphSdl } = composeServices([{ name: 'a', url: 'http://a', typeDefs: parse(`${LINK} ${body}`) }])
  return supergraphSdl!
}

describe('the schema check', () => {
  const before = supergraph('type Query { customer(id: ID!): Customer } type Customer @key(fields: "id") { id: ID! name: String }')

  it('finds what would break clients', async () => {
    const removed = supergraph('type Query { customer(id: ID!): Customer } type Customer @key(fields: "id") { id: ID! }')
    const stricter = supergraph(
      'type Query { customer(id: ID!, tenant: ID!): Customer } type Customer @key(fields: "id") { id: ID! name: String }',
    )
    const hidden = supergraph(
      'type Query { customer(id: ID!): Customer } type Customer @key(fields: "id") { id: ID! name: String @inaccessible }',
    )
    for (const after of [removed, stricter, hidden]) expect(await breakingChanges(before, after)).toHaveLength(1)
  })

  it('lets additions pass', async () => {
    const added = supergraph(
      'type Query { customer(id: ID!, at: String): Customer } type Customer @key(fields: "id") { id: ID! name: String phone: String }',
    )
    expect(await breakingChanges(before, added)).toEqual([])
  })
})

describe('the check of the public schema', () => {
  const before = `type Query { a: Int old: Int @deprecated(reason: "Deprecated 2026-01-01. Use a.") kind: Kind }
    enum Kind { X Y @deprecated(reason: "Deprecated 2026-01-01.") }`
  const changes = (after: string, usage?: Record<string, number>, today = '2026-07-01') =>
    publicChanges(before, after, usage, new Date(today))
  const gone = 'type Query { a: Int kind: Kind } enum Kind { X }'

  it('allows the removal of a part that was deprecated 180 days ago and is not used any more', async () => {
    expect((await changes(gone, {})).breaking).toEqual([])
    expect((await changes(gone, {}, '2026-06-29')).breaking).toHaveLength(2)
    expect((await changes(gone, { 'Query.old': 1 })).breaking).toEqual(["Field 'old' (deprecated) was removed from object type 'Query'"])
    expect((await changes(gone)).breaking, 'without counts nothing is unused').toHaveLength(2)
    expect((await changes(before.replace('a: Int ', ''), {})).breaking, 'never announced').toHaveLength(1)
  })

  it('lists changes that clients should know, and all changes', async () => {
    const { breaking, dangerous, all } = await changes(before.replace('enum Kind { X', 'enum Kind { Z X'))
    expect([breaking, dangerous]).toEqual([[], ["Enum value 'Z' was added to enum 'Kind'"]])
    expect(all).toEqual(["- **Dangerous** Enum value 'Z' was added to enum 'Kind'"])
  })
})

describe('the rules of the SDL', () => {
  it.each([
    ['type A @key(fields: "id") @key(fields: "name") { id: ID! name: String }', 'A must have one key, "id"'],
    ['type A @key(fields: "name") { id: ID! name: String }', 'A must have one key, "id"'],
    ['type A @key(fields: "id") { id: ID! b: Int @requires(fields: "c(first: 1)") }', 'A.b: no arguments in @requires'],
    ['type A { b: B @provides(fields: "c(first: 1)") }', 'A.b: no arguments in @provides'],
    ['type Query { as(first: Int, after: String): AConnection! }', 'Query.as is a connection and needs @listSize'],
    ['type Query { a(id: ID!): Int }', 'Query.a.id needs @idOf(type: ...)'],
    ['input In { tagIds: [ID!]! }', 'In.tagIds needs @idOf(type: ...)'],
  ])('find %s', (sdl, broken) => expect(brokenSdlRules('a', sdl)).toEqual([`a: ${broken}`]))

  it('let good ones pass', () => {
    const good =
      'type A @key(fields: "id") { id: ID! name: String b: Int @requires(fields: "c") } type Query { a: Int! @requiresScopes(scopes: [["x"]]) }'
    expect(brokenSdlRules('a', good)).toEqual([])
  })
})

describe('the conventions of the schema', () => {
  it('are kept', () => {
    const good = `"A root." type Query { "As." as("Most." first: Int, "From." after: String, last: Int, before: String, filter: AFilter, orderBy: AFilter): AConnection }
      "As." input AFilter { "Text." text: String }
      "As." type AConnection { "Es." edges: [Int] "Ns." nodes: [Int] "P." pageInfo: Int "T." totalCount: Int }
      "A root." type Mutation { "Makes." make(input: MakeInput!): MakePayload }
      "Made." type MakePayload { "Errors." userErrors: [MakeError!]! } "Error." type MakeError { "Text." message: String }
      "What." input MakeInput { "Key." idempotencyKey: String! "Way." way: Way }
      "Way." enum Way { "Up." UP } "A day." scalar Day @specifiedBy(url: "https://example.org")`
    expect(brokenConventions(buildSchema(good))).toEqual([])
    const broken = (from: string, to: string) => brokenConventions(buildSchema(good.replace(from, to)))
    expect(broken('"Up." UP', '"Up." up')).toEqual(['Way.up must be SCREAMING_SNAKE'])
    expect(broken('"Up." UP', 'UP')).toEqual(['Way.UP has no description'])
    expect(broken('"Way." way', 'way')).toEqual(['MakeInput.way has no description'])
    expect(broken('"What." input', 'input')).toEqual(['MakeInput has no description'])
    expect(broken('"Makes." make', 'make')).toEqual(['Mutation.make has no description'])
    expect(broken(' @specifiedBy(url: "https://example.org")', '')).toEqual(['Day needs @specifiedBy'])
    expect(broken('"From." after: String', '"From." since: String')).toEqual(['Query.as needs first and after, last and before'])
    expect(broken(', orderBy: AFilter', '')).toEqual(['Query.as needs filter and orderBy'])
    expect(broken('filter: AFilter, ', '')).toEqual(['Query.as needs filter and orderBy'])
    expect(broken('"Ns." nodes: [Int]', '')).toEqual(['AConnection needs edges, nodes, pageInfo and totalCount'])
    expect(broken('input: MakeInput!', 'input: MakeInput')).toEqual(['Mutation.make must have one argument, input, that is required'])
    expect(broken('[MakeError!]!', '[MakeError!]')).toEqual(['MakePayload needs userErrors: [MakeError!]!'])
    expect(broken('idempotencyKey: String!', 'idempotencyKey: String')).toEqual(['Mutation.make needs an idempotencyKey in its input'])
    expect(broken('"Makes." make(', '"Makes." build(')).toEqual([
      'Mutation.build needs an input of its own, BuildInput',
      'Mutation.build needs a payload of its own, BuildPayload',
    ])
    const listOf = (item: string) =>
      brokenConventions(
        buildSchema(
          `${good.replace('nodes: [Int]', 'nodes: [Item]')} "Found." interface Node { "Id." id: ID! } "One." ${item} { "Id." id: ID! }`,
        ),
      )
    expect(listOf('type Item implements Node')).toEqual([])
    expect(listOf('type Item')).toEqual(['Item stands in a list with pages and must be an entity, with @key(fields: "id")'])
  })
})

describe('the rules of graphql-eslint', () => {
  const good =
    '"Read." type Query { "A." a(first: Int, after: String, last: Int, before: String): AConnection } "As." type AConnection { "Es." edges: [AEdge] "P." pageInfo: PageInfo! }'
  const rest =
    '"E." type AEdge { "C." cursor: String! "N." node: A } "A." type A implements Node { "I." id: ID! } "N." interface Node { "I." id: ID! } "P." type PageInfo { "N." hasNextPage: Boolean! "P." hasPreviousPage: Boolean! "S." startCursor: String "E." endCursor: String }'
  const lint = (sdl: string) =>
    lintSchema('a.graphql', printSchema(buildSchema(sdl))).map((line) => line.replace(/^.*\(@graphql-eslint\/(.*)\)$/, '$1'))

  it('are kept by a good schema, and find a type without id, a list without pages, a missing description', () => {
    expect(lint(`${good} ${rest}`)).toEqual([])
    expect(lint(`${good} ${rest.replaceAll('id: ID!', 'name: ID!')}`)).toEqual(['strict-id-in-types'])
    expect(lint(`${good.replace(', after: String', '')} ${rest}`)).toEqual(['relay-arguments'])
    expect(lint(`${good.replace('"A." a', 'a')} ${rest}`)).toEqual(['require-description'])
  })
})

describe('the migration check', () => {
  it('finds tables whose rows the policies hide from the owner', () => {
    const move = 'INSERT INTO fresh SELECT f.id FROM old f JOIN other o ON o.id = f.id WHERE f.id IN (SELECT * FROM unnest(ARRAY[1]));'
    expect(hiddenTables(`CREATE TABLE "fresh" (id int); ${move}`)).toEqual(['old', 'other'])
    const [open, close] = ['NO FORCE', 'FORCE'].map((how) =>
      ['old', 'other'].map((name) => `ALTER TABLE "${name}" ${how} ROW LEVEL SECURITY;`).join(''),
    )
    expect(hiddenTables(`CREATE TABLE "fresh" (id int); ${open} ${move} ${close}`)).toEqual([])
    expect(hiddenTables(`CREATE TABLE "fresh" (id int); ${open} ${move}`), 'not forced again').toEqual(['old', 'other'])
    expect(hiddenTables('WITH first AS (SELECT 1), second AS (SELECT 2) UPDATE old SET x = 1 FROM first, second WHERE true')).toEqual([
      'old',
    ])
    expect(hiddenTables('CREATE INDEX i ON old (x); DELETE FROM old WHERE y')).toEqual(['old'])
  })

  it('finds statements that write every row', () => {
    expect(unbatchedStatements("UPDATE contact SET y = '';\nDELETE FROM contact; -- all of it")).toHaveLength(2)
  })

  it('accepts others, and statements inside functions', () => {
    expect(
      unbatchedStatements(
        'UPDATE a SET y = 1 WHERE id = 3; CREATE FUNCTION f() AS $$ DELETE FROM a; $$; CREATE TABLE b (x int); -- UPDATE a SET b = 1',
      ),
    ).toEqual([])
  })
})

describe('the tools', () => {
  it('know which nats-server can keep what it acknowledged', () => {
    expect(['2.9.10', '1.4.0', '0'].map((version) => isAtLeast(version, [2, 10]))).toEqual([false, false, false])
    expect(['2.10.27', '2.15.1', '3.0.0'].map((version) => isAtLeast(version, [2, 10]))).toEqual([true, true, true])
  })

  it('refuse a server of 2.9 with the reason', () => {
    const folder = mkdtempSync(join(tmpdir(), 'renmai-old-nats-'))
    mkdirSync(`${folder}/bin`)
    writeFileSync(`${folder}/bin/nats-server`, '#!/bin/sh\necho "nats-server: v2.9.10"\n')
    chmodSync(`${folder}/bin/nats-server`, 0o755)
    expect(() => findNats([`${folder}/bin/nats-server`])).toThrow(/2\.9\.10: too old, it cannot fsync every write/)
    rmSync(folder, { recursive: true })
  })

  it('read the files of an archive', () => {
    const header = Buffer.alloc(512)
    header.write('folder/a.csv')
    header.write('00000000005', 124)
    header.write('0', 156)
    const body = Buffer.alloc(512)
    body.write('a,b,c')
    expect(readTar(Buffer.concat([header, body, Buffer.alloc(1_024)]))).toEqual([{ name: 'folder/a.csv', content: Buffer.from('a,b,c') }])
  })
})

describe('the supply chain', () => {
  const good: Locked = { version: '1.0.0', integrity: 'sha512-x', license: 'MIT' }
  const lock = (change: Locked, name = 'a') => ({ packages: { '': {}, [`node_modules/${name}`]: { ...good, ...change } } })

  it.each([
    ['no hash', { integrity: undefined as never }],
    ['a weak hash', { integrity: 'sha1-x' }],
    ['a git source', { resolved: 'git+ssh://git@github.com/a/a.git#1' }],
    ['an unencrypted source', { resolved: 'http://example.com/a.tgz' }],
  ])('is not pinned with %s', (_what, change) => expect(looseEnds(lock(change))).toHaveLength(1))

  it('is pinned by a hash', () => expect(looseEnds(lock({}))).toEqual([]))

  it('runs no script without a decision, and has no decision without a script', () => {
    expect(undecidedScripts(lock({ hasInstallScript: true }), {})).toHaveLength(1)
    expect(undecidedScripts(lock({ hasInstallScript: true }), { a: false })).toEqual([])
    expect(undecidedScripts(lock({}), { a: true })).toHaveLength(1)
  })

  it('has licences that somebody checked', () => {
    for (const license of ['MIT', '(MIT OR GPL-3.0)', '(MIT AND ISC)']) expect(unknownLicences(lock({ license }))).toEqual([])
    for (const license of ['GPL-3.0', '(MIT AND GPL-3.0)', 'Elastic-2.0', undefined as never])
      expect(unknownLicences(lock({ license }))).toHaveLength(1)
    expect(unknownLicences(lock({ license: 'Elastic-2.0' }, '@apollo/gateway'))).toEqual([])
  })
})
