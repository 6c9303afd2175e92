import { fold, isOneEdit } from './similarity.rules.ts'

export const BIRTH_LEVELS = [
  'same',
  'one digit, or day and month exchanged',
  'same month, within 31 days, or only the year is known',
  'same day, other year',
  'same year, or the next',
  'within ten years',
  'different',
]
export const BIRTH_USUAL = [0.75, 0.08, 0.06, 0.03, 0.04, 0.01, 0.03]

/**
 * A date as YYYYMMDD, with 00 for a month and a day that are not known. Dates that do not exist are kept: a wrong digit is still
 * nearer to the right date than nothing.
 * @param isMonthFirst whether 03/04/1990 is the fourth of March
 */
export function readBirth(text: string, isMonthFirst: boolean): string {
  const folded = fold(text).replace(/[t ]\d{1,2}:\d{2}.*$/, '')
  const numbers = folded.split(/\D+/).filter(Boolean)
  const [first = '', second = '', third = ''] = numbers
  if (numbers.length === 1) return first.length === 8 || first.length !== 4 ? first : `${first}0000`
  if (first.length === 4) return first + second.padStart(2, '0') + (third || '00').padStart(2, '0')
  if (third.length !== 4) return numbers.join('')
  const [month, day] = isMonthFirst ? [first, second] : [second, first]
  return third + month.padStart(2, '0') + day.padStart(2, '0')
}

/** Whether the dates of a column have the month first: more second numbers than first ones are beyond twelve. */
export function isMonthFirst(texts: readonly string[]): boolean {
  let beyond = 0
  for (const text of texts) {
    const [, first, second] = /^\s*(\d{1,2})[/.-](\d{1,2})[/.-]\d{4}/.exec(text) ?? []
    if (first && second) beyond += Number(Number(second) > 12) - Number(Number(first) > 12)
  }
  return beyond > 0
}

/** The level of two different dates, of `BIRTH_LEVELS`. */
export function compareBirths(a: string, b: string): number {
  if (isOneEdit(a, b)) return 2
  if (a.length !== 8 || b.length !== 8) return 7
  const [dayA, dayB] = [a.slice(4), b.slice(4)]
  if (a.slice(0, 4) === b.slice(0, 4)) return compareWithinYear(dayA, dayB)
  if (Math.abs(daysOf(a) - daysOf(b)) <= 31) return 3
  if (dayA === dayB && !isVague(dayA)) return 4
  const years = Math.abs(Number(a.slice(0, 4)) - Number(b.slice(0, 4)))
  if (years <= 1) return 5
  return years <= 10 ? 6 : 7
}

/** The first of January, or no day, stands for a year of which nothing more is known. */
const isVague = (day: string): boolean => day === '0101' || day === '0000'

function compareWithinYear(a: string, b: string): number {
  if (a === b.slice(2) + b.slice(0, 2)) return 2
  if (isVague(a) || isVague(b) || a.slice(0, 2) === b.slice(0, 2)) return 3
  return Math.abs(daysOf(`0000${a}`) - daysOf(`0000${b}`)) <= 31 ? 3 : 5
}

/** Days since the year 0, with months of the same length: exact enough for "within a month". */
const daysOf = (date: string): number => Number(date.slice(0, 4)) * 365 + Number(date.slice(4, 6)) * 30.4 + Number(date.slice(6))
