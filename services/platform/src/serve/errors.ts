/**
 * The only error that callers are meant to see. The first four codes are decisions of our rules; the others say that
 * the answer was not given. Anything that is not an AppError is a bug and is shown as INTERNAL.
 */
export type ErrorCode =
  | 'INVALID'
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'CONFLICT'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'INSUFFICIENT_DATA'
  | 'UNAUTHENTICATED'
  | 'RATE_LIMITED'
  | 'TIMEOUT'
  | 'UNAVAILABLE'
  | 'STORAGE_UNAVAILABLE'
  | 'INTERNAL'

/** Field path -> what is wrong with it, for instance `{ 'input.first': 'must be 1 to 100' }`. */
export type FieldErrors = Record<string, string>

export class AppError extends Error {
  readonly code: ErrorCode
  readonly fields: FieldErrors | undefined
  /** When to come again, where that is known. */
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, message: string, fields?: FieldErrors, options?: ErrorOptions & { retryAfterSeconds?: number }) {
    super(message, options)
    this.retryAfterSeconds = options?.retryAfterSeconds
    this.name = 'AppError'
    this.code = code
    this.fields = fields
  }
}

/** True for failures that may pass by themselves, so that a caller may try again later. */
export function isTransient(error: unknown): boolean {
  return error instanceof AppError && ['TIMEOUT', 'UNAVAILABLE', 'STORAGE_UNAVAILABLE', 'RATE_LIMITED'].includes(error.code)
}
