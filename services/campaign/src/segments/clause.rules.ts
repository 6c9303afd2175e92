/** The rules of a segment's condition: exactly one kind per clause, and no more clauses than an evaluation can process. */
import { z } from 'zod'
import { oneOf } from '../one-of.ts'
import { type Clause, clauses, groups } from './clauses.ts'

/** Depth of clauses within clauses, the outermost included. */
const MAX_DEPTH = 10
/** Number of clauses in all, at any depth: the time of an evaluation grows with it. */
export const MAX_CLAUSES = 200
/** Number of values in the lists of all clauses together. */
const MAX_VALUES = 2_000

const nested: z.ZodType<unknown> = z.lazy(() => clauseSchema)
const schemas: Record<string, z.ZodType> = Object.fromEntries([
  ...Object.entries(groups).map(([kind, { schema }]) => [kind, schema(nested)]),
  ...Object.entries(clauses).map(([kind, { schema }]) => [kind, schema]),
])

const clauseSchema: z.ZodType<Clause> = oneOf('a clause', schemas, (kind, value) => ({ [kind]: value }) as Clause)

/** A whole condition, within the limits. Every input that holds a condition uses this schema. */
export const definitionSchema = z
  .unknown()
  .superRefine((value, ctx) => {
    const message = sizeProblem(value)
    if (message) ctx.addIssue({ code: 'custom', message })
  })
  .pipe(clauseSchema)

/**
 * Measures a condition before anything else reads it.
 * @param definition a condition, or a value that may be none
 * @returns the limit that the condition exceeds, as text
 */
export function sizeProblem(definition: unknown): string | undefined {
  const { depth, clauses, values } = measure(definition)
  if (clauses > MAX_CLAUSES) return `has more than ${MAX_CLAUSES} clauses in all`
  if (depth > MAX_DEPTH) return `is nested more than ${MAX_DEPTH} clauses deep`
  return values > MAX_VALUES ? `has more than ${MAX_VALUES} values in all` : undefined
}

/** Walks without recursion, and stops one clause over the limit. */
export function measure(definition: unknown): { depth: number; clauses: number; values: number } {
  const size = { depth: 0, clauses: 0, values: 0 }
  const waiting = [{ clause: definition, depth: 1 }]
  for (let next = waiting.pop(); next && size.clauses <= MAX_CLAUSES; next = waiting.pop()) {
    const depth = next.depth + 1
    size.clauses++
    size.depth = Math.max(size.depth, next.depth)
    for (const [kind, value] of Object.entries(fieldsOf(next.clause))) {
      if (Object.hasOwn(groups, kind)) for (const clause of partsOf(value)) waiting.push({ clause, depth })
      else size.values += [value, ...Object.values(fieldsOf(value))].reduce<number>((sum, one) => sum + listOf(one).length, 0)
    }
  }
  return size
}

const fieldsOf = (value: unknown): object => (value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {})
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const partsOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])
