import type { z } from 'zod'
import { AppError, type FieldErrors, type Parameters } from './errors.ts'

/**
 * Checks a value's shape at the top of a use case.
 * @throws AppError INVALID that names every wrong field by its path.
 */
export function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const fields: FieldErrors = {}
  const fieldParameters: Record<string, Parameters> = {}
  for (const issue of result.error.issues) {
    const path = issue.path.join('.') || 'input'
    fields[path] ??= issue.message
    fieldParameters[path] ??= parametersOf(issue)
  }
  const [path, message] = Object.entries(fields)[0] ?? ['input', 'is invalid']
  throw new AppError('INVALID', `${path}: ${message}`, fields, { fieldParameters })
}

/** The rule that a value breaks, such as `too_big`, and its limits. */
function parametersOf({ code: rule, ...issue }: z.core.$ZodIssue): Parameters {
  const { minimum, maximum, divisor, format } = issue as Record<string, unknown>
  const limits = Object.entries({ minimum, maximum, divisor, format }).filter(([, value]) => value !== undefined)
  return { rule, ...Object.fromEntries(limits.map(([name, value]) => [name, String(value)])) }
}
