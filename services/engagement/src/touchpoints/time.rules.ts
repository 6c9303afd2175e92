const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/i

/** A moment with its zone; a day that does not exist, such as 30 February, is invalid. */
export function readTime(value: unknown): Date | undefined {
  if (value instanceof Date) return Number.isFinite(value.getTime()) ? value : undefined
  if (typeof value !== 'string' || !RFC_3339.test(value)) return undefined
  const time = new Date(value)
  return Number.isFinite(time.getTime()) && isRealDay(value) ? time : undefined
}

/** JavaScript reads 30 February as 2 March, so days after the 28th are checked. */
function isRealDay(value: string): boolean {
  if (Number(value.slice(8, 10)) <= 28) return true
  const day = value.slice(0, 10)
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)
}
