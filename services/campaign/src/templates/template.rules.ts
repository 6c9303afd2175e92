/** A template may use only variables that it declares. A value must have the form of its variable's type. */

import type { Source } from '@renmai/platform/render/templates'
import { AppError } from '@renmai/platform/serve/errors'

export type Variable = { name: string; type: 'TEXT' | 'NUMBER' | 'COUPON'; defaultValue: string | null }

const ALWAYS_THERE = 'customer'

/**
 * @param source result of parsing the field's text
 * @throws AppError INVALID when the text is not Liquid, has a tag that is not allowed, or uses a variable that is not declared
 */
export function checkSource(field: string, source: Source, variables: Variable[]): void {
  if ('problem' in source) {
    const problem = wordsFor(source)
    throw new AppError('INVALID', `${field} ${problem}`, { [field]: problem })
  }
  const declared = new Set([ALWAYS_THERE, ...variables.map((variable) => variable.name)])
  const unknown = source.variables.filter((name) => !declared.has(name))
  if (unknown.length > 0)
    throw new AppError('INVALID', `${field} uses ${unknown.join(', ')} without declaring it`, { [field]: unknown.join(', ') })
}

function wordsFor(source: Exclude<Source, { variables: string[] }>): string {
  switch (source.problem) {
    case 'TAG':
      return `uses the tag ${source.tag}, which templates do not have`
    case 'SYNTAX':
      return `is not Liquid in line ${source.line}`
    case 'TOO_HEAVY':
      return 'takes too long to read; make it shorter'
  }
}

/**
 * The values that a message has.
 * @returns the values, or the first variable without a value
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
