import { failures } from '@renmai/platform/serve/errors'

export const liveCodeFailure = failures({
  PLATFORM_MAKES_NO_LIVE_CODES: ['INVALID', '{kind} makes no live codes; name an account of another platform'],
  LIVE_CODE_REFERENCE_TAKEN: ['CONFLICT', 'A live code with the reference {reference} exists; choose another'],
  LIVE_CODE_NOT_FOUND: ['NOT_FOUND', 'There is no such live code'],
  LIVE_CODE_ARCHIVED: ['CONFLICT', 'The live code is archived; restore it first'],
})
