import type { Resolvers } from '../gen/resolvers.ts'
export declare const touchpointResolvers: Resolvers
