import type { CodegenConfig } from '@graphql-codegen/cli'

/** Types of the public schema and of its operations; each operation is a text with the types of its variables and its answer. */
const config: CodegenConfig = {
  schema: '../public.graphql',
  documents: 'operations.graphql',
  silent: true,
  generates: {
    'src/gen/graphql.ts': {
      plugins: ['typescript-operations', 'typed-document-node'],
      config: {
        enumsAsConst: true,
        useTypeImports: true,
        documentMode: 'string',
        scalars: { DateTime: 'string', Date: 'string', Decimal: 'string', CurrencyCode: 'string', Duration: 'string', ID: 'string' },
      },
    },
  },
}

export default config
