/** Text that PostgreSQL can store and a log can show: no NUL, no half surrogate pairs. */
export function isStorableText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed()
}
