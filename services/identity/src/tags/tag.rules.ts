/** Names that differ only in case, width or surrounding space are the same name. */
export function foldName(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase()
}

/**
 * The first names of a list, and the number of the others.
 * @param count of all names
 */
export const namesOf = (names: readonly string[], count: number): string =>
  names.join(', ') + (count > names.length ? ` and ${count - names.length} more` : '')
