/** Compiles a condition to one SQL condition over `c.id`, a customer, with every value as a parameter. */
import { AppError } from '@renmai/platform/serve/errors'
import type { z } from 'zod'
import type { SegmentClause, SegmentClauseKind } from '../gen/resolvers.ts'
import { sizeProblem } from './clause.rules.ts'
import { type Bind, type ClauseKind, factsOf } from './clauses/clause-kind.ts'
import { type Clause, clauses, groups } from './clauses.ts'

/** An SQL condition with its parameters; $1 is the tenant, $2 the present moment, $3 the tenant's zone. */
export type Compiled = { sql: string; params: unknown[] }
const FIRST_PARAM = 4

/** Customers that exist: those with a profile. A customer that was merged into another has none. */
export const HAS_PROFILE = 'EXISTS (SELECT 1 FROM profile_customers m WHERE m.tenant_id = $1 AND m.customer_id = c.id)'

/**
 * @param offset number of parameters before those of the clause, besides the first three
 * @throws AppError INVALID for a condition over the limits: one that was stored before limits existed never reaches the database
 */
export function compileClause(clause: Clause, offset = 0): Compiled {
  const problem = sizeProblem(clause)
  if (problem) throw new AppError('INVALID', `The condition ${problem}`, { definition: problem })
  const params: unknown[] = []
  const bind: Bind = (value) => `$${FIRST_PARAM + offset + params.push(value) - 1}`
  const sql = fold<string>(clause, {
    group: (group, parts) => group.sql(parts),
    single: (kind, value) => kind.sql(value, bind, factsOf(kind.reads)),
  })
  return { sql, params }
}

/** Whether time alone can change which customers match. */
export const usesClock = (clause: Clause): boolean =>
  fold<boolean>(clause, { group: (_group, parts) => parts.includes(true), single: (kind, value) => kind.usesClock?.(value) ?? false })

/** Ids of the tags that a condition names. */
export const tagsOf = (clause: Clause): string[] =>
  fold<string[]>(clause, { group: (_group, parts) => parts.flat(), single: (kind, value) => kind.tags?.(value) ?? [] })

/**
 * A stored condition in the form of the input, so that it can be sent again.
 * @param currency the tenant's currency, which amounts have that were stored without one
 */
export const showClause = (clause: Clause, currency: string): SegmentClause =>
  fold<SegmentClause>(clause, {
    group: (group, parts, name) => ({ [name]: group.show(parts) }),
    single: (kind, value, name) => ({ [name]: kind.show(value, currency) }),
  })

/** The kind of a condition, by its field: `orderDate` is ORDER_DATE. */
export const clauseKindOf = (clause: Clause): SegmentClauseKind =>
  Object.keys(clause)[0]!.replace(/[A-Z]/g, '_$&').toUpperCase() as SegmentClauseKind

/** A clause as text, for the attrition of a preview. */
export const describeClause = (clause: Clause): string =>
  fold<string>(clause, { group: (group, parts) => group.describe(parts), single: (kind, value) => kind.describe(value) })

type Single = ClauseKind<z.ZodType<unknown>>
type Group = (typeof groups)[keyof typeof groups]

type Fold<T> = { group: (kind: Group, parts: T[], name: string) => T; single: (kind: Single, value: unknown, name: string) => T }

/** Computes a value of a condition from its leaves upwards. */
function fold<T>(clause: Clause, how: Fold<T>): T {
  const [[name, value]] = Object.entries(clause) as [[string, unknown]]
  if (Object.hasOwn(groups, name)) {
    const parts = (Array.isArray(value) ? value : [value]) as Clause[]
    return how.group(
      groups[name as keyof typeof groups],
      parts.map((part) => fold(part, how)),
      name,
    )
  }
  return how.single(clauses[name as keyof typeof clauses] as unknown as Single, value, name)
}
