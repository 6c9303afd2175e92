import { AppError } from './errors.ts'

/**
 * Holds that something is still as its caller has seen it: who writes without having seen another's change would undo it.
 * @param expected the version that the caller has read; nothing for who wants to write whatever is there
 * @throws AppError CONFLICT with the version that is there
 */
export function requireVersion(expected: number | null | undefined, current: number): void {
  if (expected === null || expected === undefined || expected === current) return
  throw new AppError('CONFLICT', `It was changed meanwhile and is at version ${current}; read it again`, {
    expectedVersion: `now ${current}`,
  })
}
