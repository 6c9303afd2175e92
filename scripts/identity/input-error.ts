/** A mistake in the arguments or files of the command, which its user can correct. The command exits with 2 and writes nothing. */
export class InputError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}
