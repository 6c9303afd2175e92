import type { Resolvers } from './gen/resolvers.ts'
/** What engagement answers. */
export declare const resolvers: Resolvers
