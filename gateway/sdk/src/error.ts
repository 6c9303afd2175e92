/** One error of an answer. Decide by the code, which is stable; the message is for people. */
export type RenmaiErrorDetail = {
  message: string
  /** Of an error in `userErrors`, the value of the enum of its mutation; of another error, the general code. */
  code: string
  /** Code of the failure itself, of an error that is not in `userErrors`. */
  reason?: string
  /** Values in the message, by their names. */
  parameters?: Readonly<Record<string, string | number>>
  path?: readonly (string | number)[]
  /** Messages about fields of the input, by field. */
  fields?: Readonly<Record<string, string>>
  /** Id of the request; state it in a support request. */
  requestId?: string
}

/** An operation that failed wholly or in part. `data` holds the parts that were answered. */
export class RenmaiError extends Error {
  override readonly name = 'RenmaiError'
  readonly details: readonly RenmaiErrorDetail[]
  readonly data: unknown

  constructor(details: readonly RenmaiErrorDetail[], data?: unknown, options?: ErrorOptions) {
    super(details.map(({ message, code }) => `${code}: ${message}`).join('; '), options)
    this.details = details
    this.data = data
  }

  /** The first code, such as NOT_FOUND, CONFLICT, RATE_LIMITED, UNAVAILABLE. */
  get code(): string {
    return this.details[0]?.code ?? 'UNKNOWN'
  }
}
