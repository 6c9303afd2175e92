import { z } from 'zod'
import { AppError } from './errors.ts'
import { EARLIEST, momentProblem } from './moments.rules.ts'

const LATEST = new Date('2100-01-01T00:00:00Z')

/** @throws AppError INVALID that names the field, when the time cannot be the time of an event */
export function pastMoment(at: Date, now: Date, field: string, aheadMs?: number): Date {
  const problem = momentProblem(at, now, aheadMs)
  if (!problem) return at
  const wrong = problem === 'IN_THE_FUTURE' ? 'must not lie in the future' : 'must not lie before 1990'
  throw new AppError('INVALID', `${field}: ${wrong}`, { [field]: wrong })
}

/** A time in an input that may be in the future, such as the end of a span: 1990 to 2100. */
export const moment = z.coerce.date().min(EARLIEST, 'must not lie before 1990').max(LATEST, 'must lie before 2100')
/** A calendar day as text, 1990 to 2099. */
export const day = z.iso.date().regex(/^(199\d|20\d\d)-/, 'must lie from 1990 to 2099')
