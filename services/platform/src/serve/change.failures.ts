import { failures } from './errors.ts'

/** Failures of changes of any object. */
export const changeFailure = failures({
  NOTHING_TO_CHANGE: ['INVALID', 'Give at least one of {fields}'],
  STALE_VERSION: ['CONFLICT', 'It was changed meanwhile and is at version {version}; read it again'],
})
