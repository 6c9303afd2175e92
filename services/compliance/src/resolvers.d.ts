import type { Resolvers } from './gen/resolvers.ts'
/** What compliance answers. */
export declare const resolvers: Resolvers
