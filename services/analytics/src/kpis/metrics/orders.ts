import { metric, PAID_ORDERS } from './metric.ts'

export const orders = metric({ name: 'orders', unit: 'COUNT', from: PAID_ORDERS, value: 'count(*)' })
