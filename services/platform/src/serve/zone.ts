import { z } from 'zod'

/**
 * A name with an area, or UTC. Abbreviations mean one zone here and another in PostgreSQL (IST is India or Israel), and offsets such as
 * +08:00 are read with the opposite sign there.
 */
const NAME = /^(?:UTC|GMT|[A-Z]\w+(?:\/[A-Z][\w+-]+)+)$/

/** Whether a text names a time zone of the IANA database, also by a newer or older name: Asia/Kolkata is Asia/Calcutta. */
export function isZone(name: string): boolean {
  if (!NAME.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** An IANA time zone in an input. */
export const timeZone = z.string().refine(isZone, 'is no IANA time zone')
