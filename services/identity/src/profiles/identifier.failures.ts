import { failures } from '@renmai/platform/serve/errors'

export const identifierFailure = failures({
  IDENTIFIER_NOT_VALID: ['INVALID', '{problem}'],
})
