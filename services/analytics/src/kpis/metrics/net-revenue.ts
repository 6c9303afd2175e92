import { MOVES, metric } from './metric.ts'

export const netRevenue = metric({ name: 'netRevenue', unit: 'MONEY', from: MOVES, value: 'sum(moved.minor)' })
