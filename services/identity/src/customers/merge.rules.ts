/** Two different customers, neither of them merged away, may become one; the last merge of a customer is undone first. */
import { AppError } from '@renmai/platform/serve/errors'
import type { Customer, CustomerDecision } from './customer.table.ts'

export function checkMerge(survivor: Customer | undefined, absorbed: Customer | undefined): void {
  if (!survivor || !absorbed) throw new AppError('NOT_FOUND', 'No such customer')
  if (survivor.id === absorbed.id)
    throw new AppError('INVALID', 'A customer cannot be merged with itself', { absorbedId: 'is the survivor' })
  for (const customer of [survivor, absorbed]) {
    if (customer.mergedInto) throw new AppError('CONFLICT', `Customer ${customer.id} is already merged into ${customer.mergedInto}`)
  }
}

export function checkUnmerge(decision: CustomerDecision | undefined, survivor: Customer | undefined, absorbed: Customer | undefined): void {
  if (!decision || !survivor || !absorbed) throw new AppError('NOT_FOUND', 'No such merge')
  if (decision.kind !== 'MERGE') throw new AppError('INVALID', 'Only a MERGE can be undone', { decisionId: 'is not a merge' })
  if (absorbed.mergedInto !== survivor.id) throw new AppError('CONFLICT', 'This merge is already undone')
  if (survivor.mergedInto) throw new AppError('CONFLICT', `The survivor was merged into ${survivor.mergedInto} later; undo that first`)
}
