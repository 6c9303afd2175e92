import { z } from 'zod'
import { clauseKind } from './clause-kind.ts'
import { factKey, minCount, showDays, within, withinDays } from './limits.ts'

/** The customer did something at least a number of times, by days in the tenant's zone. */
export const behaviour = clauseKind({
  schema: z
    .object({ type: factKey, within: withinDays, minCount })
    .transform(({ within: withinDays, ...rest }) => ({ ...rest, withinDays })),
  show: ({ withinDays, ...rest }) => ({ ...rest, within: showDays(withinDays) }),
  describe: (value) => `${value.type} ${value.minCount} times or more${within(value.withinDays)}`,
  reads: 'behaviour_days',
  usesClock: (value) => value.withinDays !== null,
  sql: ({ type, withinDays, minCount }, bind, facts) => {
    const since = withinDays === null ? '' : ` AND f.day > ($2::timestamptz AT TIME ZONE $3)::date - ${bind(withinDays)}::int`
    return `EXISTS (SELECT 1 FROM ${facts} AND f.type_no = (SELECT n.no FROM type_numbers n WHERE n.tenant_id = $1 AND n.type = ${bind(type)})${since} HAVING coalesce(sum(f.count), 0) >= ${bind(minCount)}::int)`
  },
})
