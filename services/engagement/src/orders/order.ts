/** Exports for other features. */

export { storeOrders } from './store-orders.ts'
export { takeOrder } from './take-order.ts'
