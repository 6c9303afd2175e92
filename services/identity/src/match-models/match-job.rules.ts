import type { MatchJobErrorCode } from '../gen/resolvers.ts'

/** The reason of a failed job that the schema names; INTERNAL for any other one. */
export const reasonOf = (code: string): MatchJobErrorCode =>
  code === 'TOO_FEW_PROFILES' ? ('TOO_FEW_PROFILES' as MatchJobErrorCode) : ('INTERNAL' as MatchJobErrorCode)
