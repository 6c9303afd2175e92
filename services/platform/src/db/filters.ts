import { and, eq, gte, inArray, isNotNull, isNull, lt, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { AppError } from '../serve/errors.ts'
import { isId } from '../serve/ids.ts'
import { endProblem, isInOrder } from '../serve/moments.rules.ts'
import { isStorableText } from '../serve/text.rules.ts'

/** Makes the condition of a value. @param field path of the value in the arguments, for errors */
export type Condition<V> = (value: V, field: string) => SQL | undefined

/** One condition for each field of a filter of the SDL; the compiler refuses a filter with a field that has none. */
export type Conditions<F> = { readonly [K in keyof F]-?: Condition<NonNullable<F[K]>> }

type Operand = PgColumn | SQL

const [MAX_VALUES, MAX_TEXT] = [100, 1_000]

/**
 * The condition of a filter: that of each field that is given. A field that is null or left out restricts nothing.
 * @param defaults values of fields that are null or left out
 * @throws AppError INVALID that names the field
 */
export function matching<F extends object>(
  conditions: Conditions<F>,
  filter: F | null | undefined,
  defaults: Partial<F> = {},
): SQL | undefined {
  const names = Object.keys(conditions) as (keyof F & string)[]
  requireOrder(filter)
  const found = names.map((name) => {
    const [value, field] = [filter?.[name] ?? defaults[name], `filter.${name}`]
    if (value === null || value === undefined) return undefined
    for (const one of Array.isArray(value) ? value : [value])
      if (typeof one === 'string' && (one.length > MAX_TEXT || !isStorableText(one)))
        refuse(field, `must be text of at most ${MAX_TEXT} characters that can be stored`)
    return conditions[name](value, field)
  })
  return and(...found)
}

/** @throws AppError INVALID where a filter ends a span before it starts it, such as `createdBefore` before `createdFrom` */
export function requireOrder(filter: object | null | undefined): void {
  const ends = { ...filter } as Record<string, string | Date | null | undefined>
  for (const name of Object.keys(ends)) {
    const start = name.replace(/Before$/, 'From')
    if (start !== name && !isInOrder(ends[start], ends[name])) refuse(`filter.${name}`, endProblem(`filter.${start}`))
  }
}

function refuse(field: string, problem: string): never {
  throw new AppError('INVALID', `${field}: ${problem}`, { [field]: problem })
}

/** The value itself. */
export const equals =
  (column: Operand): Condition<unknown> =>
  (value) =>
    eq(column as PgColumn, value)

/** @throws AppError INVALID for a text that is no id */
export function requireId(id: string, field: string): string {
  return isId(id) ? id : refuse(field, 'must be an id')
}

/** An id. */
export const isIdOf =
  (column: PgColumn): Condition<string> =>
  (id, field) =>
    eq(column, requireId(id, field))

/** Any of at most 100 values. Without a value nothing matches. */
export const anyOf =
  (column: Operand): Condition<readonly unknown[]> =>
  (values, field) => {
    if (values.length > MAX_VALUES) refuse(field, `at most ${MAX_VALUES} values`)
    return inArray(column as PgColumn, [...new Set(values)])
  }

/**
 * A part of the text, whatever the case and the width of the letters. `%`, `_` and `\` are plain characters of it. No index
 * answers it: it is for lists of some thousands of rows.
 */
export const contains =
  (column: PgColumn): Condition<string> =>
  (part, field) => {
    if (part.length > MAX_VALUES) refuse(field, `at most ${MAX_VALUES} characters`)
    const literal = part.normalize('NFKC').replaceAll(/[\\%_]/g, String.raw`\$&`)
    return sql`normalize(${column}, NFKC) ILIKE ${`%${literal}%`}`
  }

/** This time or later. */
export const from =
  (column: PgColumn): Condition<string | Date> =>
  (at, field) =>
    gte(column, timeOf(column, at, field))

/** Before this time. */
export const before =
  (column: PgColumn): Condition<string | Date> =>
  (at, field) =>
    lt(column, timeOf(column, at, field))

/** Generated types call a time a string; its scalar gives a Date. A calendar day is text. */
function timeOf({ dataType }: PgColumn, at: string | Date, field: string): string | Date {
  if (dataType !== 'date') return at
  const time = new Date(at)
  return Math.abs(time.getUTCFullYear()) <= 9_999 ? time : refuse(field, 'must be a time of the years up to 9999')
}

/** True for rows that have a value, such as the time of their archiving. */
export const isPresent =
  (column: PgColumn): Condition<boolean> =>
  (isWanted) =>
    isWanted ? isNotNull(column) : isNull(column)

/** True for rows without a value. */
export const isMissing =
  (column: PgColumn): Condition<boolean> =>
  (isWanted) =>
    isPresent(column)(!isWanted, '')

/** True for rows that meet a condition, false for the others. The condition is never null. */
export const isTrue =
  (condition: SQL): Condition<boolean> =>
  (isWanted) =>
    isWanted ? condition : sql`NOT ${condition}`
