import type { Watched } from '@renmai/platform/quarantine/quarantine-kind'

/** Orders that are kept aside, by their ids. */
export const watchedOrders = {
  kind: 'ORDER',
  table: 'parked_orders',
  waiting: () => 'true',
  source: (row) => `${row}.platform || ':' || ${row}.shop_id`,
  subject: (row) => `${row}.order_no`,
  problem: (row) => `${row}.reason`,
  isDisposable: true,
} satisfies Watched
