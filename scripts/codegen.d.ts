import type { CodegenConfig } from '@graphql-codegen/cli'
/**
 * Resolver types from a service's SDL. Arguments and inputs are exact; parents are the service's own rows, which the
 * resolvers and their tests vouch for.
 */
export declare function codegenFor(directory: string): CodegenConfig
