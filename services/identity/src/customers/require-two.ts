import type { Tx } from '@renmai/platform/db/db'
import { customerFailure } from './customer.failures.ts'
import { survivorsOf } from './customer.queries.ts'

/**
 * Reads the customers that two ids lead to.
 * @param given the ids by the names of their fields
 * @throws AppError NOT_FOUND that names the field of an id without a customer, and INVALID when both lead to the same one
 */
export async function requireTwo(tx: Tx, given: Readonly<Record<string, string>>): Promise<[string, string]> {
  const survivors = await survivorsOf(tx, Object.values(given))
  const found = Object.entries(given).map(([field, id]) => {
    const customer = survivors.get(id)
    if (!customer) throw customerFailure('MERGED_CUSTOMER_NOT_FOUND', field)
    return customer.id
  }) as [string, string]
  if (found[0] === found[1]) throw customerFailure('SAME_CUSTOMER', Object.keys(given)[1]!)
  return found
}
