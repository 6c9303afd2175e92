import { day } from '@renmai/platform/serve/moments'
import { inOrder, isInOrder } from '@renmai/platform/serve/moments.rules'
import { z } from 'zod'
import { OrderOfCustomer } from '../../gen/resolvers.ts'
import { clauseKind } from './clause-kind.ts'
import { daysFrom, showDays } from './limits.ts'
import { COUNTS } from './orders.ts'

const days = daysFrom(0).nullish()

const schema = z
  .object({ which: z.enum(OrderOfCustomer), from: day.nullish(), to: day.nullish(), atLeastAgo: days, atMostAgo: days })
  .refine(({ which: _which, ...limits }) => Object.values(limits).some((limit) => limit != null), 'needs from, to, atLeastAgo or atMostAgo')
  .refine(...inOrder('from', 'to'))
  .refine(({ atLeastAgo, atMostAgo }) => isInOrder(atLeastAgo, atMostAgo), {
    message: 'must not be less than atLeastAgo',
    path: ['atMostAgo'],
  })
  .transform(({ which, from, to, atLeastAgo, atMostAgo }) => ({
    which,
    from: from ?? null,
    to: to ?? null,
    minDaysAgo: atLeastAgo ?? null,
    maxDaysAgo: atMostAgo ?? null,
  }))

/** Compares the day on which the first or the last order that counts was paid, in the tenant's zone. */
export const orderDate = clauseKind({
  schema,
  show: ({ which, from, to, minDaysAgo, maxDaysAgo }) => ({
    which,
    from,
    to,
    atLeastAgo: showDays(minDaysAgo),
    atMostAgo: showDays(maxDaysAgo),
  }),
  describe: ({ which, from, to, minDaysAgo, maxDaysAgo }) => {
    const limits = { from, to, 'days ago at least': minDaysAgo, 'days ago at most': maxDaysAgo }
    const given = Object.entries(limits).filter(([, limit]) => limit != null)
    return `${which.toLowerCase()} order ${given.map(([name, limit]) => `${name} ${limit}`).join(' ')}`
  },
  reads: 'order_facts',
  usesClock: ({ minDaysAgo, maxDaysAgo }) => minDaysAgo != null || maxDaysAgo != null,
  sql: ({ which, from, to, minDaysAgo, maxDaysAgo }, bind, facts) => {
    const paidOn = `(${which === 'FIRST' ? 'min' : 'max'}(f.paid_at) AT TIME ZONE $3)::date`
    const daysAgo = (limit: number) => `($2::timestamptz AT TIME ZONE $3)::date - ${bind(limit)}::int`
    const limits = [
      from != null && `${paidOn} >= ${bind(from)}::date`,
      to != null && `${paidOn} <= ${bind(to)}::date`,
      minDaysAgo != null && `${paidOn} <= ${daysAgo(minDaysAgo)}`,
      maxDaysAgo != null && `${paidOn} >= ${daysAgo(maxDaysAgo)}`,
    ]
    return `EXISTS (SELECT 1 FROM ${facts} AND ${COUNTS} HAVING ${limits.filter(Boolean).join(' AND ')})`
  },
})
