/** A day in one of the formats that its field declares. A text that is two days by two of them is refused: nothing is guessed. */

export const DAY_FORMATS = ['YEAR_MONTH_DAY', 'DAY_MONTH_YEAR', 'MONTH_DAY_YEAR', 'DIGITS'] as const
export type DayFormat = (typeof DAY_FORMATS)[number]

const SEPARATED = /^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})$/
const CHINESE = /^(\d{4})年(\d{1,2})月(\d{1,2})[日号]$/u
const DIGITS = /^(\d{4})(\d{2})(\d{2})$/

const READ: Record<DayFormat, (text: string) => readonly (string | undefined)[] | undefined> = {
  YEAR_MONTH_DAY: (text) => {
    const [, year, month, day] = CHINESE.exec(text) ?? []
    if (year) return [year, month, day]
    const [, first, , second, third] = SEPARATED.exec(text) ?? []
    return [first, second, third]
  },
  DAY_MONTH_YEAR: (text) => {
    const [, first, , second, third] = SEPARATED.exec(text) ?? []
    return [third, second, first]
  },
  MONTH_DAY_YEAR: (text) => {
    const [, first, , second, third] = SEPARATED.exec(text) ?? []
    return [third, first, second]
  },
  DIGITS: (text) => DIGITS.exec(text)?.slice(1),
}

/**
 * @param formats those of the field; YYYY-MM-DD is always read
 * @returns the day as YYYY-MM-DD; AMBIGUOUS for a text that is two days; undefined when it is none
 */
export function dayOf(text: string, formats: readonly DayFormat[]): string | undefined {
  const folded = text.normalize('NFKC').trim()
  if (/^\d{4}-\d{2}-\d{2}$/.test(folded)) return isoDay(folded.split('-'))
  const days = new Set(formats.map((format) => isoDay(READ[format](folded))).filter((day) => day !== undefined))
  return days.size > 1 ? 'AMBIGUOUS' : [...days][0]
}

/** The day, if the year has four digits and the day exists. */
function isoDay(parts: readonly (string | undefined)[] | undefined): string | undefined {
  const [year = '', month = '', day = ''] = parts ?? []
  if (year.length !== 4 || month === '' || month.length > 2 || day === '' || day.length > 2) return undefined
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const time = Date.parse(iso)
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== iso ? undefined : iso
}
