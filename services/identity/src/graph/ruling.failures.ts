import { failures } from '@renmai/platform/serve/errors'

export const rulingFailure = failures({
  RULING_NOT_FOUND: ['NOT_FOUND', 'There is no such ruling'],
  RULING_BATCH_NOT_FOUND: ['NOT_FOUND', 'There are no rulings of such a batch'],
  RULING_ENDED: ['CONFLICT', 'A later ruling has ended this one'],
  IDENTIFIER_NOT_CARRIED: ['NOT_FOUND', 'The profile does not carry this identifier'],
  IDENTIFIER_RETRACTED: ['CONFLICT', 'The identifier is already retracted from this profile'],
  IDENTIFIER_BLOCKED: ['CONFLICT', 'The identifier is already blocked'],
})
