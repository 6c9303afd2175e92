export type Memory<T> = {
  /** Finds a value by a key, or takes the one found lately. */
  recall: (key: string, find: () => Promise<T>) => Promise<T>
  /** Drops what may not hold any more, also what is being found just now. */
  forget: (isMeant: (value: T) => boolean) => void
}
/**
 * Keeps what was found for 30 seconds; what could not be found is looked for again each time.
 * @param endOf when a value stops being good, in ms since 1970
 */
export declare function createMemory<T>(endOf?: (value: T) => number): Memory<T>
