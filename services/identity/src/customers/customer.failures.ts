import { failures } from '@renmai/platform/serve/errors'

export const customerFailure = failures({
  MERGED_CUSTOMER_NOT_FOUND: ['NOT_FOUND', 'There is no such customer'],
  SAME_CUSTOMER: ['INVALID', 'A customer cannot be merged with itself'],
  CUSTOMER_ALREADY_MERGED: ['CONFLICT', 'Customer {id} is already merged into {mergedInto}'],
  MERGE_NOT_FOUND: ['NOT_FOUND', 'There is no such merge'],
  NOT_A_MERGE: ['INVALID', 'Only a MERGE can be undone'],
  MERGE_UNDONE: ['CONFLICT', 'This merge is already undone'],
})
