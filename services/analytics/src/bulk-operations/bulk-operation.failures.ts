import { failures } from '@renmai/platform/serve/errors'

export const bulkOperationFailure = failures({
  TOO_MANY_BULK_OPERATIONS: ['CONFLICT', '{most} bulk operations are unfinished; wait for one, or cancel it'],
  BULK_OPERATION_NOT_FOUND: ['NOT_FOUND', 'There is no such bulk operation of yours'],
  BULK_OPERATION_ENDED: ['CONFLICT', 'The operation has ended already'],
})
