/** Exports for other features. */
export type { Clause } from './clauses.ts'
