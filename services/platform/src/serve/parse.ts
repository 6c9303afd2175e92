import type { z } from 'zod'
import { AppError, type FieldErrors } from './errors.ts'

/**
 * Checks a value's shape at the top of a use case.
 * @throws AppError INVALID that names every wrong field by its path.
 */
export function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const fields: FieldErrors = {}
  for (const issue of result.error.issues) fields[issue.path.join('.') || 'input'] ??= issue.message
  const [path, message] = Object.entries(fields)[0] ?? ['input', 'is invalid']
  throw new AppError('INVALID', `${path}: ${message}`, fields)
}

/** Text that PostgreSQL can store and a log can show: no NUL, no half surrogate pairs. */
export function isStorableText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed()
}
