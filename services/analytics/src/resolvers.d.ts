import type { Resolvers } from './gen/resolvers.ts'
/** What analytics answers. */
export declare const resolvers: Resolvers
