export type GuessLimit = {
  /**
   * Runs a check of a key unless too many failed.
   * @throws AppError RATE_LIMITED after 20 refusals of the same key id or 200 from the same address within a minute
   */
  limit: <T>(address: string, key: string, check: () => Promise<T>) => Promise<T>
}
/** Ends guessing at keys before each guess costs a question to identity. A token of staff costs none to refuse. */
export declare function createGuessLimit(): GuessLimit
