import { z } from 'zod'
import { clauseKind } from './clause-kind.ts'
import { minCount, within, withinDays } from './limits.ts'

const minNetMinor = z
  .string()
  .regex(/^\d{1,15}$/, 'a decimal string of minor units')
  .nullish()
  .transform((value) => (value ? Number(value) : null))

/** An order that counts: paid, and not refunded in full. */
export const COUNTS = 'f.paid_at IS NOT NULL AND f.refunded_minor < f.total_minor'

/** Paid orders, by their number and their sum less refunds. */
export const orders = clauseKind({
  schema: z.object({ withinDays, minCount, minNetMinor }),
  describe: (value) =>
    `${value.minCount} or more paid orders${value.minNetMinor === null ? '' : ` of ${value.minNetMinor} or more`}${within(value.withinDays)}`,
  reads: 'order_facts',
  usesClock: (value) => value.withinDays !== null,
  sql: ({ withinDays, minCount, minNetMinor }, bind, facts) => {
    const since = withinDays === null ? '' : ` AND f.paid_at >= $2::timestamptz - ${bind(withinDays)}::int * interval '1 day'`
    const spent = minNetMinor === null ? '' : ` AND sum(f.total_minor - f.refunded_minor) >= ${bind(minNetMinor)}::bigint`
    return `EXISTS (SELECT 1 FROM ${facts} AND ${COUNTS}${since} HAVING count(*) >= ${bind(minCount)}::int${spent})`
  },
})
