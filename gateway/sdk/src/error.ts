/** One error of an answer, with the code to decide by; codes are stable, messages are for people. */
export type RenmaiErrorDetail = {
  message: string
  code: string
  path?: readonly (string | number)[]
  /** What is wrong with which field of the input. */
  fields?: Readonly<Record<string, string>>
  /** To be named when asking for help. */
  requestId?: string
}

/** An operation that was not carried out, or not wholly. What was answered of it is in `data`. */
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
