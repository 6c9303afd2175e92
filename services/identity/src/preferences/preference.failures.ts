import { failures } from '@renmai/platform/serve/errors'

export const preferenceFailure = failures({
  STALE_PREFERENCE: ['CONFLICT', '{name} was changed meanwhile and is at version {version}; read it again'],
  TOO_MANY_PREFERENCES: ['CONFLICT', 'A person has at most {most} preferences; remove some'],
})
