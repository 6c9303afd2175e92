import { z } from 'zod'
import { AppError } from './errors.ts'

/** Nothing that is recorded is older. A Date reads PostgreSQL's text of the years 1 to 99 as another century. */
const EARLIEST = new Date('1990-01-01T00:00:00Z')
const LATEST = new Date('2100-01-01T00:00:00Z')
/** A clock that is wrong by a time zone is still believed. */
const MAX_AHEAD_MS = 86_400_000

/** Whether something can have happened at this time: since 1990, and at most `aheadMs` after now. */
export function isPastMoment(at: Date, now: Date, aheadMs = MAX_AHEAD_MS): boolean {
  // A Date that is not valid compares false with everything.
  return at >= EARLIEST && at.getTime() <= now.getTime() + aheadMs
}

/** @throws AppError INVALID that names the field, when nothing can have happened at this time */
export function pastMoment(at: Date, now: Date, field: string, aheadMs?: number): Date {
  if (isPastMoment(at, now, aheadMs)) return at
  const wrong = at < EARLIEST ? 'must not lie before 1990' : 'must not lie in the future'
  throw new AppError('INVALID', `${field}: ${wrong}`, { [field]: wrong })
}

/** A time of an input that may lie ahead, such as the end of a span: 1990 to 2100. */
export const moment = z.coerce.date().min(EARLIEST, 'must not lie before 1990').max(LATEST, 'must lie before 2100')
/** A calendar day as text, 1990 to 2099. */
export const day = z.iso.date().regex(/^(199\d|20\d\d)-/, 'must lie from 1990 to 2099')
