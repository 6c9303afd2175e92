import { metric, PAID_ORDERS } from './metric.ts'

export const revenue = metric({ name: 'revenue', unit: 'MONEY', from: PAID_ORDERS, value: 'sum(o.total_minor)' })
