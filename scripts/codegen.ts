import type { CodegenConfig } from '@graphql-codegen/cli'

/**
 * Resolver types from a service's SDL. Arguments and inputs are exact; parents are the service's own rows, which the
 * resolvers and their tests vouch for.
 */
const config: CodegenConfig = {
  schema: ['../platform/src/common.graphql', 'src/!(gen)/**/*.graphql', 'src/*.graphql'],
  silent: true,
  generates: {
    'src/gen/resolvers.ts': {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        federation: true,
        enumsAsConst: true,
        useTypeImports: true,
        importExtension: '.ts',
        contextType: '../context.ts#Context',
        defaultMapper: '@renmai/platform/rows#Row',
        scalars: {
          DateTime: { input: 'string', output: 'Date | string' },
          Date: { input: 'string', output: 'string' },
          ID: { input: 'string', output: 'string' },
        },
        maybeValue: 'T | null | undefined',
        inputMaybeValue: 'T | null | undefined',
      },
    },
  },
}

export default config
