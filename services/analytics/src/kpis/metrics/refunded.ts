import { metric, REFUNDS } from './metric.ts'

export const refunded = metric({ name: 'refunded', unit: 'MONEY', from: REFUNDS, value: 'sum(r.minor)' })
