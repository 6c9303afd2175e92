import { failures } from '@renmai/platform/serve/errors'

export const channelAccountFailure = failures({
  CHANNEL_ACCOUNT_NOT_FOUND: ['NOT_FOUND', 'There is no such channel account'],
  NO_ROTATION_OPEN: ['CONFLICT', 'The account has one secret only; rotate it first'],
  ROTATION_OPEN: ['CONFLICT', 'The secret has a successor already; finish that rotation first'],
  CREDENTIALS_OF_OTHER_KIND: ['INVALID', 'An account of kind {kind} takes other credentials'],
  CREDENTIALS_OF_OTHER_ACCOUNT: ['INVALID', 'The credentials are not those of {externalId}'],
  CREDENTIALS_REFUSED: ['INVALID', 'The credentials were refused at {step}: {detail}'],
  SETTINGS_OF_OTHER_KIND: ['INVALID', 'An account of kind {kind} has no such settings'],
  CHANNEL_ACCOUNT_ARCHIVED: ['CONFLICT', 'The channel account is archived; restore it first'],
  CHANNEL_ACCOUNT_DISABLED: ['CONFLICT', 'The channel account is disabled; enable it first'],
  CHANNEL_ACCOUNT_IN_USE: ['CONFLICT', 'The account is in use by {users}; archive or finish them first'],
})
