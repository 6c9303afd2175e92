import type { MatchJobErrorCode } from '../gen/resolvers.ts'

const CODES: Readonly<Record<MatchJobErrorCode, true>> = { TOO_FEW_PROFILES: true, INTERNAL: true }

/** The reason of a failed job that the schema names; INTERNAL for any other one. */
export const reasonOf = (code: string): MatchJobErrorCode => (Object.hasOwn(CODES, code) ? (code as MatchJobErrorCode) : 'INTERNAL')
