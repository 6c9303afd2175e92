import { failures } from '@renmai/platform/serve/errors'

export const staffFailure = failures({
  STAFF_NOT_FOUND: ['NOT_FOUND', 'There is no such member of staff'],
  CANNOT_DISABLE_YOURSELF: ['CONFLICT', 'You cannot disable yourself; another owner can'],
  LAST_OWNER: ['CONFLICT', 'This is the last active owner; make another member an owner first'],
  CANNOT_CHANGE_OWN_ROLES: ['CONFLICT', 'You cannot change your own roles; another owner can'],
})
