import { buildSchema } from 'graphql'
import { describe, expect, it, vi } from 'vitest'
import { compileCost } from '../cost/compile-cost.ts'
import { readWeights } from '../cost/read-weights.ts'
import { createDocuments, type DocumentError, readingCost } from './documents.ts'

const SDL = `
  type Query { name: String other: String thing(id: ID): Thing }
  type Thing { id: ID name: String }
  type Mutation { change(to: String): String }
`
const schema = buildSchema(SDL)
const documents = () => createDocuments(schema)
const refusal = (source: string) => {
  try {
    documents().find(source, 'tenant')
    return []
  } catch (error) {
    return (error as DocumentError).errors.map(({ message }) => message)
  }
}
const costOf = (source: string) => compileCost(schema, readWeights(SDL), documents().find(source, 'tenant').document, undefined)

describe('documents', () => {
  it('are paid for once, before they are read, valid or not', () => {
    const [{ find }, paid] = [documents(), vi.fn()]
    const long = `{ thing { ${'name '.repeat(100)} } }`
    find(long, 'tenant', paid)
    find(long, 'tenant', paid)
    expect(paid.mock.calls).toEqual([[readingCost(long)]])
    const broke = () => {
      throw new Error('no points left')
    }
    expect(() => find('{ not even closed', 'tenant', broke)).toThrow('no points left')
  })

  it('that are refused are not kept, so that each is paid for again', () => {
    const [{ find, recent }, paid] = [documents(), vi.fn()]
    for (let times = 0; times < 2; times++) expect(() => find('{ missing }', 'tenant', paid)).toThrow()
    expect(paid).toHaveBeenCalledTimes(2)
    expect(recent(10)).toEqual([])
  })

  it('are refused with at most five reasons, each with its place', () => {
    const errors = refusal(`query ${Array.from({ length: 9 }, (_, no) => `@d${no}`).join(' ')} { name }`)
    expect(errors).toHaveLength(5)
    try {
      documents().find('{ name\n  missing }', 'tenant')
    } catch (error) {
      expect((error as DocumentError).errors[0]).toMatchObject({ locations: [{ line: 2, column: 3 }] })
    }
  })

  it.each([
    ['an alias of id', '{ thing { id: name } }', 'id cannot be an alias'],
    ['an alias of __typename', '{ thing { __typename: name } }', '__typename cannot be an alias'],
    ['six mutations in a fragment', `mutation { ...F } fragment F on Mutation { ${fields(6, 'change')} }`, 'at most 5 root fields'],
    ['six mutations in two fragments', `mutation { ...F ...F } fragment F on Mutation { ${fields(3, 'change')} }`, 'at most 5 root fields'],
    ['21 fields in inline fragments', `{ ... { ${fields(20, 'name')} } other }`, 'at most 20 root fields'],
    ['the schema twice', '{ a: __schema { types { name } } b: __schema { types { name } } }', 'may have __schema once'],
  ])('with %s are refused', (_what, source, message) => {
    expect(refusal(source).join()).toContain(message)
  })

  it('may use aliases, and id as an alias of id', () => {
    expect(refusal('{ thing { id: id __typename title: name } }')).toEqual([])
  })

  it('cost ten points for each mutation, also in fragments', () => {
    expect(costOf(`mutation { ...F } fragment F on Mutation { ${fields(4, 'change')} }`).base({})).toBe(40)
  })

  it('cost points for the introspection that the gateway answers, which are not refunded', () => {
    const base = costOf('{ __schema { types { fields { type { name } } } } }').base({})
    expect(base).toBeGreaterThan(costOf('{ __schema { types { name } } }').base({}))
    expect(costOf('{ name }').base({})).toBe(0)
    expect(base).toBeGreaterThan(1)
  })
})

function fields(count: number, name: string): string {
  return Array.from({ length: count }, (_, no) => `a${no}: ${name}`).join(' ')
}
