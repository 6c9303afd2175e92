import { composeServices } from '@apollo/composition'
import { type ExecutionResult, parse } from 'graphql'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AskSubgraph } from '../execution/step.ts'
import { loadSupergraph, type Supergraph } from '../supergraph/supergraph.ts'
import { readAccess } from './read-access.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.14",
  import: ["@key", "@shareable", "@requiresScopes", "@authenticated", "@policy"])`
const PEOPLE = `${LINK}
  type Query {
    me: Person @authenticated
    people: [Person!]
    payroll: Payroll
    report: String @requiresScopes(scopes: [["reports", "people"], ["admin"]])
    ruled: String @policy(policies: [["working hours"], ["client"]])
    inside: String @requiresScopes(scopes: [["admin"]]) @policy(policies: [["staff"]])
  }
  type Mutation { fire(id: ID!): Person @requiresScopes(scopes: [["hr"]]) }
  type Person @key(fields: "id") { id: ID! name: String salary: Int @requiresScopes(scopes: [["hr"]]) chief: Person! @requiresScopes(scopes: [["org"]]) }
  type Payroll @requiresScopes(scopes: [["hr"]]) { total: Int }`

function compose(...sources: string[]): string {
  const services = sources.map((source, at) => ({ name: `s${at}`, url: 'http://nowhere', typeDefs: parse(source) }))
  const { supergraphSdl, errors } = composeServices(services)
  if (errors) throw errors[0]!
  return supergraphSdl!
}

const person = { __typename: 'Person', id: '1', name: 'Li', salary: 9, chief: { __typename: 'Person', id: '2', name: 'Wang', salary: 10 } }
const everything = {
  me: person,
  people: [person, person],
  payroll: { total: 19 },
  report: 'good',
  ruled: 'yes',
  inside: 'yes',
  fire: person,
}

let supergraph: Supergraph
let asked: string[]
// The subgraph returns more than was selected, as when one field requires another: the viewer must not see the rest.
const ask: AskSubgraph = async (_viewer, body) => {
  asked.push(JSON.parse(body).query)
  return { data: structuredClone(everything) }
}

beforeAll(async () => {
  supergraph = await loadSupergraph(compose(PEOPLE), new Map([['s0', ask]]))
})
beforeEach(() => {
  asked = []
})

type Kind = 'STAFF' | 'CLIENT' | 'SERVICE'

async function query(
  source: string,
  scopes: string[] = [],
  variables: Record<string, unknown> = {},
  kind: Kind = 'STAFF',
): Promise<ExecutionResult> {
  const { document } = supergraph.documents.find(source, 'tenant')
  const viewer = { kind, id: 'staff', tenantId: 'tenant', scopes: new Set(scopes) } as const
  const { points: _cost, ...answer } = await supergraph.execute({ document, operationName: undefined, variables, viewer })
  return JSON.parse(JSON.stringify(answer))
}

const denied = (...path: string[]) => expect.objectContaining({ path, extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } })

describe('access', () => {
  it('removes denied fields before a subgraph is called, and names their paths', async () => {
    const answer = await query('{ me { name salary } }')
    expect(answer.data).toEqual({ me: { name: 'Li', salary: null } })
    expect(answer.errors).toEqual([denied('me', 'salary')])
    expect(asked).toHaveLength(1)
    expect(asked[0]).not.toContain('salary')
    expect(await query('{ me { name salary } }', ['hr'])).toEqual({ data: { me: { name: 'Li', salary: 9 } } })
  })

  it('requires every scope of any one list', async () => {
    for (const scopes of [[], ['reports'], ['people'], ['other']]) {
      expect((await query('{ report }', scopes)).errors).toEqual([denied('report')])
    }
    for (const scopes of [['reports', 'people'], ['admin']]) expect((await query('{ report }', scopes)).data).toEqual({ report: 'good' })
  })

  it('calls no subgraph when nothing is left', async () => {
    expect(await query('{ report }')).toEqual({ data: { report: null }, errors: [denied('report')] })
    expect(asked).toEqual([])
  })

  it('guards every field that returns a guarded type', async () => {
    expect(await query('{ payroll { total } }')).toEqual({ data: { payroll: null }, errors: [denied('payroll')] })
    expect((await query('{ payroll { total } }', ['hr'])).data).toEqual({ payroll: { total: 19 } })
  })

  it('makes the parent null where null is not allowed', async () => {
    const answer = await query('{ me { name chief { name } } }')
    expect(answer).toEqual({ data: { me: null }, errors: [denied('me', 'chief')] })
  })

  it('returns one error for a path, whatever the number of objects and of mentions', async () => {
    const source = '{ people { pay: salary ...P chief { salary } } } fragment P on Person { pay: salary ... on Person { pay: salary } }'
    const answer = await query(source, ['org'])
    expect(answer.errors).toEqual([denied('people', '@', 'pay'), denied('people', '@', 'chief', 'salary')])
    expect(answer.data).toEqual({ people: [1, 2].map(() => ({ pay: null, chief: { salary: null } })) })
  })

  it('returns no error for a selection that is skipped', async () => {
    const source = 'query Q($pay: Boolean!) { me { name salary @include(if: $pay) ... @skip(if: true) { salary } } }'
    expect(await query(source, [], { pay: false })).toEqual({ data: { me: { name: 'Li' } } })
    expect((await query(source, [], { pay: true })).errors).toEqual([denied('me', 'salary')])
  })

  it('keeps an object of which no field is left', async () => {
    expect((await query('{ me { salary } }')).data).toEqual({ me: { salary: null } })
  })

  it('does not carry out a mutation that is denied', async () => {
    const source = 'mutation M { fire(id: "1") { name } }'
    expect(await query(source)).toEqual({ data: { fire: null }, errors: [denied('fire')] })
    expect(asked).toEqual([])
    expect((await query(source, ['hr'])).data).toEqual({ fire: { name: 'Li' } })
  })

  it('checks the kind of the viewer by a policy, beside scopes', async () => {
    for (const kind of ['CLIENT', 'SERVICE'] as const) {
      expect((await query('{ inside }', ['admin', 'staff', 'policy'], {}, kind)).errors).toEqual([denied('inside')])
    }
    expect((await query('{ inside }', [])).errors).toEqual([denied('inside')])
    expect((await query('{ inside }', ['admin'])).data).toEqual({ inside: 'yes' })
    expect((await query('{ ruled }', [], {}, 'CLIENT')).data).toEqual({ ruled: 'yes' })
  })

  it('refuses a field with an unknown policy', async () => {
    expect((await query('{ ruled }', ['admin', 'hr', 'policy', 'working hours', 'client'])).errors).toEqual([denied('ruled')])
  })

  it('takes the stricter of the declarations of two subgraphs', () => {
    const one = `${LINK} type Query { a: Int @shareable @requiresScopes(scopes: [["x"]]) }`
    const two = `${LINK} type Query { a: Int @shareable @requiresScopes(scopes: [["y"], ["z"]]) }`
    const needs = readAccess(compose(one, two)).get('Query.a')!
    expect(needs.map(({ text }) => text)).toEqual(['x and y or x and z'])
  })
})
