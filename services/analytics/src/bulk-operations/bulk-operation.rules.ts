/** The reason of a failed operation: of the general codes those that its reading can end with, and INTERNAL for any other one. */
import type { BulkOperationErrorCode } from '../gen/resolvers.ts'

const CODES: Readonly<Record<BulkOperationErrorCode, true>> = {
  FORBIDDEN: true,
  INVALID: true,
  UNAVAILABLE: true,
  TIMEOUT: true,
  INTERNAL: true,
}

/** @param code a general code, also of an operation that an earlier release ended */
export const reasonOf = (code: string): BulkOperationErrorCode =>
  Object.hasOwn(CODES, code) ? (code as BulkOperationErrorCode) : 'INTERNAL'
