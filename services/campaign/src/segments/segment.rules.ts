import type { SegmentProblem, SegmentProblemCode } from '../gen/resolvers.ts'

const CODES: Readonly<Record<string, SegmentProblemCode>> = { TIMEOUT: 'TIMEOUT', INVALID: 'INVALID' }

/** A stored problem, `CODE: text` or the name of an error, with a code for programs. */
export function problemOf(stored: string | null): SegmentProblem | null {
  if (stored === null) return null
  const code = CODES[stored.split(':')[0]!] ?? 'INTERNAL'
  return { code, message: stored.slice(stored.indexOf(':') + 1).trim() }
}
