import type { Resolvers } from './gen/resolvers.ts'
/** What campaign answers. */
export declare const resolvers: Resolvers
