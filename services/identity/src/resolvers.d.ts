import type { Resolvers } from './gen/resolvers.ts'
/** What identity answers. */
export declare const resolvers: Resolvers
