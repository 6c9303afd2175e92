import { failures } from '@renmai/platform/serve/errors'

export const profileFailure = failures({
  PROFILE_NOT_FOUND: ['NOT_FOUND', 'There is no profile with the id {id}'],
  CUSTOMER_NOT_FOUND: ['NOT_FOUND', 'There is no customer with the id {id}'],
})
