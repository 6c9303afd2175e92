import { z } from 'zod'
import { AttributeOperator } from '../../gen/resolvers.ts'
import { type Bind, clauseKind } from './clause-kind.ts'
import { factKey } from './limits.ts'

const schema = z
  .object({
    key: factKey,
    operator: z.enum(AttributeOperator),
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

/** Compares an attribute. Of the values of several profiles the one that was observed last counts. */
export const attribute = clauseKind({
  schema,
  show: (value) => value,
  describe: ({ key, operator, values }) => `${key} ${operator} ${values.join(', ')}`.trim(),
  reads: 'attribute_facts',
  sql: ({ key, operator, values }, bind, facts) => {
    const value = `(SELECT f.value FROM ${facts} AND f.key = ${bind(key)} AND NOT f.is_removed ORDER BY f.observed_at DESC, f.value DESC LIMIT 1)`
    if (operator === 'EXISTS') return `(${value} IS NOT NULL)`
    if (operator === 'EQ' || operator === 'IN') return `coalesce(${value} = ANY(${bind(values)}::text[]), false)`
    return compareNumber(value, operator, values[0]!, bind)
  },
})

/** A text that is no number matches nothing. */
function compareNumber(value: string, operator: 'GTE' | 'LTE', limit: string, bind: Bind): string {
  const number = `(SELECT CASE WHEN v.t ~ '^-?[0-9]{1,15}([.][0-9]+)?$' THEN v.t::numeric END FROM (SELECT ${value} AS t) v)`
  return `coalesce(${number} ${operator === 'GTE' ? '>=' : '<='} ${bind(limit)}::numeric, false)`
}
