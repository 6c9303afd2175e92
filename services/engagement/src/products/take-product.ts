import type { Tx } from '@renmai/platform/db/db'
import { AppError } from '@renmai/platform/serve/errors'
import type { IncomingProduct } from '../connectors/incoming.ts'
import type { Deps } from '../context.ts'
import { problemOf } from './product.rules.ts'
import { storeProduct } from './store-product.ts'

/**
 * Checks a pushed product.
 * @returns the function that stores it
 * @throws AppError INVALID for one that cannot be stored: its push is parked with the reason
 */
export async function takeProduct({ now }: Deps, product: IncomingProduct): Promise<(tx: Tx) => Promise<unknown>> {
  const problem = problemOf(product, now())
  if (problem) throw new AppError('INVALID', `${problem}: product`)
  return (tx) => storeProduct(tx, product)
}
