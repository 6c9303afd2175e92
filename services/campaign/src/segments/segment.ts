/** What other features use of segments. */
export type { Clause } from './clauses.ts'
