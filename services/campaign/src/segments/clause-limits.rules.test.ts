import { parse } from '@renmai/platform/serve/parse'
import { describe, expect, it } from 'vitest'
import { checkNodes, nodesSchema } from '../journeys/journey.rules.ts'
import { definitionSchema, measure, sizeProblem } from './clause.rules.ts'
import type { Clause } from './clauses.ts'
import { compileClause } from './compile-clause.rules.ts'

const leaf = { orders: {} }
const list = (count: number, clause: object = leaf) => Array.from({ length: count }, () => clause)
/** A tree of lists of ten with this many clauses in all. */
const tree = (clauses: number) => ({
  all: list(10).map((_, no) => ({ any: list(Math.floor((clauses - 11) / 10) + (no < (clauses - 11) % 10 ? 1 : 0)) })),
})
const nested = (depth: number): object => (depth === 1 ? leaf : { not: nested(depth - 1) })
const isTaken = (definition: unknown) => definitionSchema.safeParse(definition).success

describe('a condition', () => {
  it.each([
    [tree(200), undefined],
    [tree(201), 'has more than 200 clauses in all'],
    [{ all: list(20, { any: list(20, { all: list(20) }) }) }, 'has more than 200 clauses in all'],
    [nested(10), undefined],
    [nested(11), 'is nested more than 10 clauses deep'],
    [{ any: list(20, { attribute: { key: 'a', operator: 'IN', values: list(100, []) } }) }, undefined],
    [{ any: list(21, { attribute: { key: 'a', operator: 'IN', values: list(100, []) } }) }, 'has more than 2000 values in all'],
  ])('%#: is measured before it is parsed', (definition, problem) => expect(sizeProblem(definition)).toBe(problem))

  it('of 200 clauses or ten levels is accepted, one more is not', () => {
    expect(measure(tree(200)).clauses).toBe(200)
    expect([tree(200), nested(10)].map(isTaken)).toEqual([true, true])
    expect([tree(201), nested(11)].map(isTaken)).toEqual([false, false])
  })

  it('that is no condition, or nested a hundred thousand times, is refused and never causes an error', () => {
    let deep: object = leaf
    for (let no = 0; no < 100_000; no++) deep = { not: deep }
    for (const bad of [deep, { all: list(100_000) }, { all: 'x' }, { not: 7 }, [leaf], 'x', null]) expect(isTaken(bad)).toBe(false)
  })
})

describe('a condition that is stored', () => {
  it('is evaluated within the limits only', () => {
    expect(compileClause(definitionSchema.parse(tree(200))).sql).toContain(' AND ')
    for (const stored of [tree(201), nested(11)])
      expect(() => compileClause(stored as Clause)).toThrow(expect.objectContaining({ code: 'INVALID' }))
  })
})

describe('the conditions of a journey', () => {
  const split = (no: number, condition: object) => ({ split: { id: `s${no}`, condition, next: 'end', otherwise: 'end' } })
  const wrong = (nodes: object[]) => {
    try {
      checkNodes(parse(nodesSchema, nodes))
    } catch (error) {
      return (error as { fields: object }).fields
    }
    return undefined
  }

  it('have the limits of a segment each, and together', () => {
    expect(wrong([split(1, tree(200)), { exit: { id: 'end' } }])).toBeUndefined()
    expect(wrong([split(1, tree(201))])).toEqual({ '0.split.condition': 'has more than 200 clauses in all' })
    expect(wrong([split(1, nested(11))])).toEqual({ '0.split.condition': 'is nested more than 10 clauses deep' })
    const two = (first: number) => [
      { split: { ...split(1, tree(first)).split, otherwise: 's2' } },
      split(2, tree(100)),
      { exit: { id: 'end' } },
    ]
    expect(wrong(two(100))).toBeUndefined()
    expect(wrong(two(101))).toEqual({ nodes: 'The conditions of all steps have more than 200 clauses together' })
  })
})
