/**
 * A segment's condition: a tree whose leaves compare attributes, tags, orders, behaviour and RFM class. It compiles to
 * one SQL condition over `c.id`, a customer, with every value as a parameter.
 */
import { AppError } from '@renmai/platform/errors'
import { z } from 'zod'

export type Clause =
  | { all: Clause[] }
  | { any: Clause[] }
  | { not: Clause }
  | { attribute: { key: string; operator: 'EQ' | 'IN' | 'GTE' | 'LTE' | 'EXISTS'; values: string[] } }
  | { tagId: string }
  | { orders: { withinDays: number | null; minCount: number; minNetMinor: number | null } }
  | { behaviour: { type: string; withinDays: number | null; minCount: number } }
  | { rfmClasses: string[] }

export const RFM_CLASSES = [
  'KEY_VALUE',
  'KEY_DEVELOP',
  'KEY_RETAIN',
  'KEY_WIN_BACK',
  'GENERAL_VALUE',
  'GENERAL_DEVELOP',
  'GENERAL_RETAIN',
  'GENERAL_WIN_BACK',
]

/** Clauses within clauses, the outermost counted. */
const MAX_DEPTH = 10
/** In all, however they are nested: the time of an evaluation grows with them. */
export const MAX_CLAUSES = 200
/** Values of all attribute clauses together. */
const MAX_VALUES = 2_000

const days = z
  .int()
  .min(1)
  .max(3_650)
  .nullish()
  .transform((value) => value ?? null)
const count = z
  .int()
  .min(1)
  .max(1_000_000)
  .nullish()
  .transform((value) => value ?? 1)
const minor = z
  .string()
  .regex(/^\d{1,15}$/, 'a decimal string of minor units')
  .nullish()
  .transform((value) => (value ? Number(value) : null))
const attribute = z
  .object({
    key: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/),
    operator: z.enum(['EQ', 'IN', 'GTE', 'LTE', 'EXISTS']),
    values: z
      .array(z.string().max(1_000))
      .max(100)
      .nullish()
      .transform((value) => value ?? []),
  })
  .refine(
    ({ operator, values }) => (operator === 'EXISTS' ? values.length === 0 : operator === 'IN' ? values.length > 0 : values.length === 1),
    'has the wrong number of values',
  )
  .refine(
    ({ operator, values }) => !['GTE', 'LTE'].includes(operator) || /^-?\d{1,15}(\.\d{1,6})?$/.test(values[0] ?? ''),
    'needs a number',
  )

const kinds = {
  all: z.lazy(() => z.array(clauseSchema).min(1).max(20)),
  any: z.lazy(() => z.array(clauseSchema).min(1).max(20)),
  not: z.lazy(() => clauseSchema),
  attribute,
  tagId: z.uuid(),
  orders: z.object({ withinDays: days, minCount: count, minNetMinor: minor }),
  behaviour: z.object({ type: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/), withinDays: days, minCount: count }),
  rfmClasses: z.array(z.enum(RFM_CLASSES)).min(1).max(8),
}

/** Exactly one kind per clause; nulls, which GraphQL clients send for what they leave out, count as left out. */
export const clauseSchema: z.ZodType<Clause> = z
  .record(z.string(), z.unknown())
  .transform((clause) => Object.fromEntries(Object.entries(clause).filter(([, value]) => value !== null && value !== undefined)))
  .transform((clause, ctx) => {
    const [kind, ...others] = Object.keys(clause)
    const schema = kind && Object.hasOwn(kinds, kind) ? kinds[kind as keyof typeof kinds] : undefined
    if (!schema || others.length > 0) {
      ctx.addIssue({
        code: 'custom',
        message: 'a clause has exactly one of all, any, not, attribute, tagId, orders, behaviour, rfmClasses',
      })
      return z.NEVER
    }
    const parsed = schema.safeParse(clause[kind!])
    if (parsed.success) return { [kind!]: parsed.data } as Clause
    for (const issue of parsed.error.issues) ctx.addIssue({ code: 'custom', message: issue.message, path: [kind!, ...issue.path] })
    return z.NEVER
  })

/** A whole condition, within the limits of one. Every input that holds a condition takes this schema. */
export const definitionSchema = z
  .unknown()
  .superRefine((value, ctx) => {
    const message = sizeProblem(value)
    if (message) ctx.addIssue({ code: 'custom', message })
  })
  .pipe(clauseSchema)

/**
 * Measures a condition before anything else is done with it.
 * @param definition a condition, or what may be none
 * @returns what is too large about it
 */
export function sizeProblem(definition: unknown): string | undefined {
  const { depth, clauses, values } = measure(definition)
  if (clauses > MAX_CLAUSES) return `has more than ${MAX_CLAUSES} clauses in all`
  if (depth > MAX_DEPTH) return `is nested more than ${MAX_DEPTH} clauses deep`
  return values > MAX_VALUES ? `has more than ${MAX_VALUES} values in all` : undefined
}

/** Walks without recursion, and no further than one clause over the limit. */
export function measure(definition: unknown): { depth: number; clauses: number; values: number } {
  const size = { depth: 0, clauses: 0, values: 0 }
  const waiting = [{ clause: definition, depth: 1 }]
  for (let next = waiting.pop(); next && size.clauses <= MAX_CLAUSES; next = waiting.pop()) {
    const { all, any, not, attribute } = fieldsOf(next.clause)
    const depth = next.depth + 1
    size.clauses++
    size.depth = Math.max(size.depth, next.depth)
    size.values += listOf(fieldsOf(attribute).values).length
    for (const clause of [...listOf(all), ...listOf(any), ...(not ? [not] : [])]) waiting.push({ clause, depth })
  }
  return size
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** Whether time alone can change who matches. */
export function usesClock(clause: Clause): boolean {
  if ('all' in clause) return clause.all.some(usesClock)
  if ('any' in clause) return clause.any.some(usesClock)
  if ('not' in clause) return usesClock(clause.not)
  return ('orders' in clause && clause.orders.withinDays !== null) || ('behaviour' in clause && clause.behaviour.withinDays !== null)
}

/** A condition with its parameters; $1 is the tenant, $2 the present moment, $3 the tenant's zone. */
export type Compiled = { sql: string; params: unknown[] }
const FIRST_PARAM = 4

/**
 * @param offset how many parameters stand before the clause's own, besides the first three
 * @throws AppError INVALID for a condition over the limits; one that was stored before there were any never reaches the database
 */
export function compileClause(clause: Clause, offset = 0): Compiled {
  const problem = sizeProblem(clause)
  if (problem) throw new AppError('INVALID', `The condition ${problem}`, { definition: problem })
  const params: unknown[] = []
  const bind = (value: unknown) => `$${FIRST_PARAM + offset + params.push(value) - 1}`
  return { sql: toSql(clause, bind), params }
}

const PROFILES = 'profile_customers m WHERE m.tenant_id = $1 AND m.customer_id = c.id'
const joined = (table: string) =>
  `profile_customers m JOIN ${table} f ON f.tenant_id = m.tenant_id AND f.profile_id = m.profile_id WHERE m.tenant_id = $1 AND m.customer_id = c.id`

function toSql(clause: Clause, bind: (value: unknown) => string): string {
  if ('all' in clause) return `(${clause.all.map((part) => toSql(part, bind)).join(' AND ')})`
  if ('any' in clause) return `(${clause.any.map((part) => toSql(part, bind)).join(' OR ')})`
  if ('not' in clause) return `(NOT coalesce(${toSql(clause.not, bind)}, false))`
  if ('attribute' in clause) return attributeSql(clause.attribute, bind)
  if ('tagId' in clause) return `EXISTS (SELECT 1 FROM ${joined('tag_facts')} AND f.tag_id = ${bind(clause.tagId)}::uuid AND f.is_on)`
  if ('orders' in clause) return ordersSql(clause.orders, bind)
  if ('behaviour' in clause) return behaviourSql(clause.behaviour, bind)
  return `EXISTS (SELECT 1 FROM rfm_facts r WHERE r.tenant_id = $1 AND r.customer_id = c.id AND r.rfm_class = ANY(${bind(clause.rfmClasses)}::text[]))`
}

/** Of the values of several profiles the one observed last counts. */
function attributeSql(
  { key, operator, values }: { key: string; operator: string; values: string[] },
  bind: (value: unknown) => string,
): string {
  const value = `(SELECT f.value FROM ${joined('attribute_facts')} AND f.key = ${bind(key)} ORDER BY f.observed_at DESC, f.value DESC LIMIT 1)`
  if (operator === 'EXISTS') return `(${value} IS NOT NULL)`
  if (operator === 'EQ' || operator === 'IN') return `coalesce(${value} = ANY(${bind(values)}::text[]), false)`
  const number = `(SELECT CASE WHEN v.t ~ '^-?[0-9]{1,15}([.][0-9]+)?$' THEN v.t::numeric END FROM (SELECT ${value} AS t) v)`
  return `coalesce(${number} ${operator === 'GTE' ? '>=' : '<='} ${bind(values[0])}::numeric, false)`
}

function ordersSql(
  { withinDays, minCount, minNetMinor }: { withinDays: number | null; minCount: number; minNetMinor: number | null },
  bind: (value: unknown) => string,
): string {
  const since = withinDays === null ? '' : ` AND f.paid_at >= $2::timestamptz - ${bind(withinDays)}::int * interval '1 day'`
  const spent = minNetMinor === null ? '' : ` AND sum(f.total_minor - f.refunded_minor) >= ${bind(minNetMinor)}::bigint`
  return `EXISTS (SELECT 1 FROM ${joined('order_facts')} AND f.paid_at IS NOT NULL AND f.refunded_minor < f.total_minor${since} HAVING count(*) >= ${bind(minCount)}::int${spent})`
}

function behaviourSql(
  { type, withinDays, minCount }: { type: string; withinDays: number | null; minCount: number },
  bind: (value: unknown) => string,
): string {
  const since = withinDays === null ? '' : ` AND f.day > ($2::timestamptz AT TIME ZONE $3)::date - ${bind(withinDays)}::int`
  return `EXISTS (SELECT 1 FROM ${joined('behaviour_days')} AND f.type = ${bind(type)}${since} HAVING coalesce(sum(f.count), 0) >= ${bind(minCount)}::int)`
}

/** Customers that exist: those with a profile. A merged one has none. */
export const HAS_PROFILE = `EXISTS (SELECT 1 FROM ${PROFILES})`

/** A clause in words, for the attrition of a preview. */
export function describeClause(clause: Clause): string {
  if ('all' in clause) return clause.all.map(describeClause).join(' and ')
  if ('any' in clause) return `(${clause.any.map(describeClause).join(' or ')})`
  if ('not' in clause) return `not (${describeClause(clause.not)})`
  if ('attribute' in clause) return `${clause.attribute.key} ${clause.attribute.operator} ${clause.attribute.values.join(', ')}`.trim()
  if ('tagId' in clause) return `has tag ${clause.tagId}`
  const within = (days: number | null) => (days === null ? '' : ` within ${days} days`)
  if ('orders' in clause)
    return `${clause.orders.minCount} or more paid orders${clause.orders.minNetMinor === null ? '' : ` of ${clause.orders.minNetMinor} or more`}${within(clause.orders.withinDays)}`
  if ('behaviour' in clause)
    return `${clause.behaviour.type} ${clause.behaviour.minCount} times or more${within(clause.behaviour.withinDays)}`
  return `RFM class ${clause.rfmClasses.join(' or ')}`
}
