import { days, writeDays } from '@renmai/platform/serve/duration'
import { z } from 'zod'

const MAX_DAYS = 3_650

/** A `Duration` of whole days, as their number. */
export const daysFrom = (least: number) =>
  days.pipe(z.int().min(least, `must be at least P${least}D`).max(MAX_DAYS, `must be at most P${MAX_DAYS}D`))

/** Number of days, counted back; null for all time. */
export const withinDays = daysFrom(1)
  .nullish()
  .transform((value) => value ?? null)

/** The `Duration` of a stored number of days. */
export const showDays = (days: number | null | undefined): string | null => (days == null ? null : writeDays(days))

/** Least count; 1 where nothing is given. */
export const minCount = z
  .int()
  .min(1)
  .max(1_000_000)
  .nullish()
  .transform((value) => value ?? 1)

/** Keys of fields and of behaviour. */
export const factKey = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/)

export const within = (days: number | null): string => (days === null ? '' : ` within ${days} days`)
