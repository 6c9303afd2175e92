/** Exports of the identity graph for other features. */
export type { CarriedEdge, GraphProfile } from './graph.rules.ts'
export { lockGraph } from './lock-graph.ts'
export { naming, profilesOf } from './naming.queries.ts'
export { planGroups } from './plan-groups.ts'
export { applyPlan } from './regroup.ts'
export { retract } from './retract.ts'
export { type Decision, rule } from './rule.ts'
export { rulingFailure } from './ruling.failures.ts'
