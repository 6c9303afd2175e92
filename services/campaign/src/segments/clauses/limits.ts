import { z } from 'zod'

/** Number of days, counted back; null for all time. */
export const withinDays = z
  .int()
  .min(1)
  .max(3_650)
  .nullish()
  .transform((value) => value ?? null)

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
