/** Names that differ only in case, width or surrounding space are the same name. */
export function foldName(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase()
}
