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

/** Values of a sentence by their names, with which a client writes it in another language. */
export type Parameters = Readonly<Record<string, string | number>>

type Details = {
  /** Seconds until a retry makes sense; undefined when that is not known. */
  readonly retryAfterSeconds?: number | undefined
  /** Code of this very failure, more specific than the general one. */
  readonly reason?: string | undefined
  /** Values in the message. */
  readonly parameters?: Parameters | undefined
  /** Values in the descriptions of single fields, by the path of the field. */
  readonly fieldParameters?: Readonly<Record<string, Parameters>> | undefined
}

export class AppError extends Error {
  readonly code: ErrorCode
  readonly fields: FieldErrors | undefined
  readonly details: Details

  constructor(code: ErrorCode, message: string, fields?: FieldErrors, { cause, ...details }: ErrorOptions & Details = {}) {
    super(message, { cause })
    this.name = 'AppError'
    this.code = code
    this.fields = fields
    this.details = details
  }

  get retryAfterSeconds(): number | undefined {
    return this.details.retryAfterSeconds
  }
}

/** Failures of a noun that a caller can fix: the general code, and the sentence, with its parameters in braces, by the own code. */
type Failures = Readonly<Record<string, readonly [code: ErrorCode, sentence: string]>>

type NamesIn<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never
type Given<Sentence extends string> = [NamesIn<Sentence>] extends [never] ? [] : [parameters: Record<NamesIn<Sentence>, string | number>]

/** Makes the error of a code. `field` is the path of the wrong field in the input, or the paths of several. */
export type MakeFailure<F extends Failures> = <C extends keyof F & string>(
  reason: C,
  field?: string | readonly string[],
  ...parameters: Given<F[C][1]>
) => AppError

/**
 * Declares the failures of a noun in one object, in `<noun>.failures.ts` beside its use cases. A gate compares them with the enums of
 * codes in the schema, whose descriptions are the sentences.
 */
export function failures<const F extends Failures>(known: F): MakeFailure<F> {
  return (reason, field, ...[parameters]) => {
    const [code, sentence] = known[reason]!
    const message = writeSentence(sentence, parameters ?? {})
    const paths = typeof field === 'string' ? [field] : (field ?? [])
    const fields = paths.length > 0 ? Object.fromEntries(paths.map((path) => [path, message])) : undefined
    return new AppError(code, message, fields, { reason, parameters })
  }
}

/** Puts values into a sentence: `At most {most} tags` becomes `At most 20 tags`. */
const writeSentence = (sentence: string, parameters: Parameters): string =>
  sentence.replace(/\{(\w+)\}/g, (_braces, name: string) => String(parameters[name]))

/** True for failures that may pass by themselves, so that a caller may try again later. */
export function isTransient(error: unknown): boolean {
  return error instanceof AppError && ['TIMEOUT', 'UNAVAILABLE', 'STORAGE_UNAVAILABLE', 'RATE_LIMITED'].includes(error.code)
}
