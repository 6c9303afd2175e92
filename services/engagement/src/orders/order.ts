/** Exports for other features. */

export { changeOrder } from './change-order.ts'
export { extendOrder } from './extend-order.ts'
export { quarantinedOrders } from './quarantined-orders.ts'
export { type FoundBuyer, resolveBuyers } from './resolve-buyers.ts'
export { type StoredOrder, storeOrders } from './store-orders.ts'
export { takeOrder } from './take-order.ts'
