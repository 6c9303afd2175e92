/** Exports of the identity graph for other features. */
export { lockGraph } from './lock-graph.ts'
export { naming, profilesOf } from './naming.queries.ts'
export { regroup } from './regroup.ts'
export { retract } from './retract.ts'
export { type Decision, rule } from './rule.ts'
export { rulingFailure } from './ruling.failures.ts'
