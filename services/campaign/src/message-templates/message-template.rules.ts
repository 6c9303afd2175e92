/** A template may use only variables that it declares. A value must have the form of its variable's type. */

import type { Source } from '@renmai/platform/render/templates'
import type { AppError } from '@renmai/platform/serve/errors'
import { messageTemplateFailure } from './message-template.failures.ts'

/** A declared variable. Stored templates call its kind `type`. */
export type Variable = { name: string; type: 'TEXT' | 'NUMBER' | 'COUPON'; defaultValue: string | null }

/** A stored variable in the form of the input. */
export const showVariable = ({ name, type: kind, defaultValue }: Variable) => ({ name, kind, defaultValue })

const ALWAYS_THERE = 'customer'

/** Longest text that a channel takes: WeCom counts bytes, Telegram UTF-16 units. Engagement checks the rendered text again. */
const LONGEST: Record<string, { most: number; unit: string; count: (text: string) => number }> = {
  WECOM: { most: 4_000, unit: 'bytes', count: (text) => new TextEncoder().encode(text).length },
  TELEGRAM: { most: 4_096, unit: 'characters', count: ({ length }) => length },
}

/** @throws AppError INVALID when the text is longer than its channel takes */
export function checkLength(channel: string, body: string): void {
  const limit = LONGEST[channel]
  if (!limit || limit.count(body) <= limit.most) return
  throw messageTemplateFailure('TEMPLATE_TOO_LONG', 'body', { channel, most: limit.most, unit: limit.unit })
}

/**
 * @param source result of parsing the field's text
 * @throws AppError INVALID when the text is not Liquid, has a tag that is not allowed, or uses a variable that is not declared
 */
export function checkSource(field: string, source: Source, variables: Variable[]): void {
  if ('problem' in source) throw failureOf(field, source)
  const declared = new Set([ALWAYS_THERE, ...variables.map((variable) => variable.name)])
  const unknown = source.variables.filter((name) => !declared.has(name))
  if (unknown.length > 0) throw messageTemplateFailure('TEMPLATE_VARIABLE_UNDECLARED', field, { field, variables: unknown.join(', ') })
}

function failureOf(field: string, source: Exclude<Source, { variables: string[] }>): AppError {
  switch (source.problem) {
    case 'TAG':
      return messageTemplateFailure('TEMPLATE_TAG_NOT_ALLOWED', field, { field, tag: source.tag })
    case 'SYNTAX':
      return messageTemplateFailure('TEMPLATE_NOT_LIQUID', field, { field, line: source.line })
    case 'TOO_HEAVY':
      return messageTemplateFailure('TEMPLATE_TOO_HEAVY', field, { field })
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
