import { globSync, readFileSync } from 'node:fs'
import type { CodegenConfig } from '@graphql-codegen/cli'
import { type DefinitionNode, Kind, parse } from 'graphql'
import { readSdl } from './sdl/read-sdl.ts'

/**
 * Writes resolver types from a service's SDL and tables. A resolver returns for the SDL type `X`, and the resolvers of its
 * fields get:
 *
 * - `XRow`, where a file of the service exports a type of that name: rows that are extended or read in part;
 * - the row of the table whose file has `export type X = typeof xs.$inferSelect`;
 * - a `Connection` of the rows for `XConnection`;
 * - `{ id: string }` for an entity (`@key`) of another service;
 * - the fields of `X` otherwise.
 */
const sdl = readSdl(process.cwd())
  // Resolvers leave them out: the wrapper of mutations fills them in.
  .replaceAll(/userErrors: \[(\w+)!\]!/g, 'userErrors: [$1!]')

const ROW = /export type (\w+) = typeof \w+\.\$inferSelect/g
const OWN_ROW = /export type (\w+)Row\b/g

const rowsIn = (pattern: RegExp, glob: string) =>
  globSync(glob)
    .filter((file) => !file.includes('/gen/'))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(pattern)].map(([, name]) => [name!, `.${file.slice(3)}`] as const))
const [rows, ownRows] = [new Map(rowsIn(ROW, 'src/**/*.table.ts')), new Map(rowsIn(OWN_ROW, 'src/**/*.ts'))]

/** The TypeScript type of the rows of an SDL type in the generated file. */
function rowOf(type: DefinitionNode): [name: string, mapper: string][] {
  if (type.kind !== Kind.OBJECT_TYPE_DEFINITION) return []
  const name = type.name.value
  const [own, row] = [ownRows.get(name), rows.get(name)]
  // A default mapper's file lies beside the generated one, in src/gen.
  if (own) return [[name, `.${own}#${name}Row`]]
  if (row) return [[name, `.${row}#${name} as ${name}Row`]]
  const isEntity = type.directives?.some((directive) => directive.name.value === 'key')
  return isEntity ? [[name, '{ id: string }']] : []
}

const { definitions } = parse(sdl)
const mappers = Object.fromEntries(definitions.flatMap(rowOf))
for (const type of definitions) {
  const [, name] = type.kind === Kind.OBJECT_TYPE_DEFINITION ? (/^(\w+)Connection$/.exec(type.name.value) ?? []) : []
  if (!name || !mappers[name]) continue
  const row = mappers[name].includes('#') ? `${name}Row` : mappers[name]
  mappers[`${name}Connection`] = `@renmai/platform/serve/page#Connection<${row}>`
  mappers[`${name}Edge`] = `{ cursor: string; node: ${row} }`
}

const config: CodegenConfig = {
  schema: sdl,
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
        mappers,
        scalars: {
          DateTime: { input: 'string', output: 'Date' },
          Date: { input: 'string', output: 'string' },
          Decimal: { input: 'string', output: 'string' },
          CurrencyCode: { input: 'string', output: 'string' },
          Duration: { input: 'string', output: 'string' },
          ID: { input: 'string', output: 'string' },
        },
        maybeValue: 'T | null | undefined',
        inputMaybeValue: 'T | null | undefined',
      },
    },
  },
}

export default config
