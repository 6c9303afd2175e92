/** The state of a live code follows from what is wanted and what the platform has. */
import type { LiveCodeProblemCode, LiveCodeState } from '../gen/resolvers.ts'
import type { LiveCode } from './live-code.table.ts'

type Stored = Pick<LiveCode, 'archivedAt' | 'parkedAt' | 'configId' | 'version' | 'provisionedVersion'>

/** The same rule stands in SQL in live-code.queries.ts, for the filter of the list. */
export function stateOf({ archivedAt, parkedAt, configId, version, provisionedVersion }: Stored): LiveCodeState {
  if (archivedAt) return 'ARCHIVED'
  if (parkedAt) return 'REFUSED'
  if (!configId) return 'CREATING'
  return provisionedVersion < version ? 'CHANGING' : 'READY'
}

export function problemOf({ parkedAt, problem }: Pick<LiveCode, 'parkedAt' | 'problem'>): {
  code: LiveCodeProblemCode
  message: string
} | null {
  return problem ? { code: parkedAt ? 'REFUSED' : 'DELAYED', message: problem } : null
}

/** The step that brings the platform's code to the wanted version; undefined when nothing is left to do. */
export function stepOf(code: Stored): 'create' | 'change' | 'remove' | undefined {
  if (code.archivedAt) return code.configId ? 'remove' : undefined
  if (!code.configId) return 'create'
  return code.provisionedVersion < code.version ? 'change' : undefined
}
