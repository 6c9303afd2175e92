import { TENANT_CURRENCY } from '@renmai/platform/db/tenants'
import { moneyInput, toMoney } from '@renmai/platform/serve/money'
import { z } from 'zod'
import { orderNet } from '../../facts/order-facts.rules.ts'
import { clauseKind } from './clause-kind.ts'
import { minCount, showDays, within, withinDays } from './limits.ts'

const minNet = moneyInput.refine(({ minor }) => minor >= 0, { message: 'must not be negative', path: ['amount'] }).nullish()

const schema = z.object({ within: withinDays, minCount, minNet }).transform(({ within: withinDays, minCount, minNet }) => ({
  withinDays,
  minCount,
  minNetMinor: minNet?.minor ?? null,
  /** Currency of `minNetMinor`; the tenant's for a condition that was stored without one. */
  currency: minNet?.currency ?? null,
}))

/** An order that counts: paid, and not refunded in full. */
export const COUNTS = orderNet.isConversion('f')

/** Paid orders, by their number and their sum less refunds. A refund that no order can bear is taken off when it was made. */
export const orders = clauseKind({
  schema,
  show: ({ withinDays, minCount, minNetMinor, currency }, ofTenant) => ({
    within: showDays(withinDays),
    minCount,
    minNet: minNetMinor === null ? null : toMoney(minNetMinor, currency ?? ofTenant),
  }),
  describe: ({ minCount, minNetMinor, currency, withinDays }) => {
    const net = currency ? `${toMoney(minNetMinor!, currency).amount} ${currency}` : minNetMinor
    return `${minCount} or more paid orders${net === null ? '' : ` of ${net} or more`}${within(withinDays)}`
  },
  reads: 'order_facts',
  usesClock: (value) => value.withinDays !== null,
  sql: ({ withinDays, minCount, minNetMinor, currency }, bind, facts) => {
    const start = withinDays === null ? undefined : `$2::timestamptz - ${bind(withinDays)}::int * interval '1 day'`
    const since = (column: string) => (start ? ` AND f.${column} >= ${start}` : '')
    const counts = `(${COUNTS}${since('paid_at')})`
    const least = bind(minCount)
    if (minNetMinor === null) return `EXISTS (SELECT 1 FROM ${facts} AND ${counts} HAVING count(*) >= ${least}::int)`
    const isOfCurrency = `f.currency = ${currency ? `${bind(currency)}::text` : TENANT_CURRENCY}`
    const net = `coalesce(sum(${orderNet.share('f')}) FILTER (WHERE ${isOfCurrency}), 0) >= ${bind(minNetMinor)}::bigint`
    return `EXISTS (SELECT 1 FROM ${facts} AND (${counts} OR (${orderNet.isLoose('f')}${since('refunded_at')}))
      HAVING count(*) FILTER (WHERE ${counts}) >= ${least}::int AND ${net})`
  },
})
