/**
 * The only error that is meant for callers. The first four codes are decisions of our rules; the others mean that the
 * request was not answered. Anything that is not an AppError is a bug and is shown as INTERNAL.
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

/** Field path -> description of what is wrong, for instance `{ 'input.first': 'must be 1 to 100' }`. */
export type FieldErrors = Record<string, string>

export class AppError extends Error {
  readonly code: ErrorCode
  readonly fields: FieldErrors | undefined
  /** Seconds until a retry makes sense; undefined when that is not known. */
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
