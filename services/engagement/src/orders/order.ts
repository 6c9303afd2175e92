/** What other features use of orders. */

export { storeOrders } from './store-orders.ts'
export { takeOrder } from './take-order.ts'
