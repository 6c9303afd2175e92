import { z } from 'zod'

const ISO = /^P(?:(\d{1,5})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$/
const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400]

/** @returns seconds of an ISO 8601 duration such as P30D or PT1H30M; undefined when it is none. Years and months have no fixed length. */
export function readDuration(text: string): number | undefined {
  const parts = ISO.exec(text)
  if (!parts || /[PT]$/.test(text)) return undefined
  const [weeks, days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0)) as [number, number, number, number, number]
  return (weeks * 7 + days) * DAY + hours * HOUR + minutes * MINUTE + seconds
}

/** @returns the ISO 8601 duration with days, hours, minutes and seconds, such as P1DT30M; PT0S for zero */
export function writeDuration(seconds: number): string {
  const parts = [
    [Math.floor((seconds % DAY) / HOUR), 'H'],
    [Math.floor((seconds % HOUR) / MINUTE), 'M'],
    [seconds % MINUTE, 'S'],
  ] as const
  const time = parts.map(([value, unit]) => (value > 0 ? `${value}${unit}` : '')).join('')
  const days = Math.floor(seconds / DAY)
  return days === 0 && time === '' ? 'PT0S' : `P${days > 0 ? `${days}D` : ''}${time === '' ? '' : `T${time}`}`
}

/** The duration of whole days, such as P30D. */
export const writeDays = (days: number): string => writeDuration(days * DAY)

/** A `Duration` of the SDL, in seconds. */
export const duration = z.string().transform((text, context) => {
  const seconds = readDuration(text)
  if (seconds !== undefined) return seconds
  context.addIssue({ code: 'custom', message: 'must be an ISO 8601 duration of weeks, days, hours, minutes or seconds, such as P30D' })
  return z.NEVER
})

/** A `Duration` of the SDL, in whole days. */
export const days = duration.transform((seconds, context) => {
  if (seconds % DAY === 0) return seconds / DAY
  context.addIssue({ code: 'custom', message: 'must be whole days, such as P30D' })
  return z.NEVER
})
