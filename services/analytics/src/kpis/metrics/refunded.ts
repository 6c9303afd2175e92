import { metric } from './metric.ts'

export const refunded = metric({
  name: 'refunded',
  unit: 'MONEY',
  from: { rows: 'order_facts WHERE tenant_id = $1 AND currency = $5', at: 'refunded_at' },
  value: 'sum(refunded_minor)',
})
