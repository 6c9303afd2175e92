import { orderNet } from '../../warehouse/order-facts.rules.ts'
import { metric } from './metric.ts'

/** Orders before which no profile of the same customer has another. After a merge the later customer no longer counts. */
const FIRST_ORDERS = {
  rows: `order_facts o JOIN profile_customers m ON m.tenant_id = o.tenant_id AND m.profile_id = o.profile_id
    WHERE o.tenant_id = $1 AND ${orderNet.isConversion('o')} AND NOT EXISTS (
      SELECT 1 FROM profile_customers s JOIN order_facts e ON e.tenant_id = s.tenant_id AND e.profile_id = s.profile_id
      WHERE s.tenant_id = $1 AND s.customer_id = m.customer_id AND e.paid_at < o.paid_at AND ${orderNet.isConversion('e')})`,
  at: 'o.paid_at',
}

/** Customers whose first order that was not refunded in full, in any currency, was paid on the day. */
export const newCustomers = metric({ name: 'newCustomers', unit: 'COUNT', from: FIRST_ORDERS, value: 'count(DISTINCT m.customer_id)' })
