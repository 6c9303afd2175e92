import { changeFailure } from './change.failures.ts'

/**
 * Checks that an object still has the version that its caller has read: a write without the changes of another caller would undo them.
 * @param expected the version that the caller has read; without it any version passes
 * @throws AppError CONFLICT with the current version
 */
export function requireVersion(expected: number | null | undefined, current: number): void {
  if (expected === null || expected === undefined || expected === current) return
  throw changeFailure('STALE_VERSION', 'expectedVersion', { version: current })
}
