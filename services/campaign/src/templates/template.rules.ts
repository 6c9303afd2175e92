/** A template may use only what it declares; a value must be written as its variable's type says. */
import { AppError } from '@renmai/platform/errors'
import { Liquid } from 'liquidjs'

export type Variable = { name: string; type: 'TEXT' | 'NUMBER' | 'COUPON'; defaultValue: string | null }

const engine = new Liquid({ strictFilters: true, ownPropertyOnly: true, parseLimit: 50_000 })
const ALWAYS_THERE = 'customer'

/** @throws AppError INVALID when the source is not Liquid or uses a variable that is not declared */
export function checkSource(field: string, source: string, variables: Variable[]): void {
  const declared = new Set([ALWAYS_THERE, ...variables.map((variable) => variable.name)])
  let used: string[]
  try {
    used = engine.globalVariablesSync(source)
  } catch (error) {
    throw new AppError('INVALID', `${field} is not Liquid: ${(error as Error).message}`, { [field]: 'is not Liquid' })
  }
  const unknown = used.filter((name) => !declared.has(name))
  if (unknown.length > 0)
    throw new AppError('INVALID', `${field} uses ${unknown.join(', ')} without declaring it`, { [field]: unknown.join(', ') })
}

/**
 * The values that a message carries.
 * @returns the values, or the first variable that has none
 */
export function fillVariables(
  variables: Variable[],
  given: Record<string, string>,
): { values: Record<string, string> } | { missing: string } {
  const values: Record<string, string> = {}
  for (const { name, type, defaultValue } of variables) {
    const value = given[name] ?? defaultValue
    if (value === null || value === undefined || value === '') return { missing: name }
    if (type === 'NUMBER' && !/^-?\d{1,15}(\.\d{1,6})?$/.test(value)) return { missing: name }
    values[name] = value
  }
  return { values }
}
