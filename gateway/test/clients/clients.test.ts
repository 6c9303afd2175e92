import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeFolder } from '@renmai/platform/testing/folder'
import { Client, type Exchange, makeResult } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import {
  buildSchema,
  execute,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  getOperationAST,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  OperationTypeNode,
  print,
} from 'graphql'
import { afterAll, describe, expect, it } from 'vitest'
import { filter, fromPromise, mergeMap, pipe } from 'wonka'
import { introspect, operations, projects, SCHEMA } from './projects.ts'
import { run } from './run.ts'

const folder = makeFolder('clients')
afterAll(() => folder.remove())

const TSCONFIG = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable'],
    module: 'esnext',
    moduleResolution: 'bundler',
    skipLibCheck: true,
    types: [],
  },
  include: ['**/*.ts'],
}

describe('code for the public schema', () => {
  symlinkSync(fileURLToPath(new URL('../../../node_modules', import.meta.url)), join(folder.path, 'node_modules'))

  it.each(Object.entries(projects))('of %s compiles, and has strict types', async (name, make) => {
    const path = join(folder.path, name)
    mkdirSync(path)
    await make(path)
    writeFileSync(join(path, 'tsconfig.json'), JSON.stringify(TSCONFIG))
    run('tsc', ['-p', path], path)
  })
})

describe('the normalized cache of urql', () => {
  const schema = buildSchema(readFileSync(SCHEMA, 'utf8'))

  /** One element in each list, the first value of each enum, and a text for any other value. */
  const invent: GraphQLFieldResolver<Record<string, unknown>, unknown> = (source, _args, _context, { fieldName, returnType }) =>
    source?.[fieldName] ?? valueOf(returnType)
  function valueOf(type: GraphQLOutputType): unknown {
    if (isNonNullType(type)) return valueOf(type.ofType)
    if (isListType(type)) return [valueOf(type.ofType)]
    if (isEnumType(type)) return type.getValues()[0]!.name
    if (isAbstractType(type)) return valueOf(schema.getPossibleTypes(type).find(({ name }) => name === 'Customer')!)
    return isObjectType(type) ? { __typename: type.name, id: `${type.name}-1` } : ({ Int: 1, Boolean: true }[String(type)] ?? 'text')
  }
  const answering: Exchange = () => (sent) =>
    pipe(
      sent,
      filter(({ kind }) => kind !== 'teardown'),
      mergeMap((operation) => {
        const asked = {
          schema,
          document: operation.query,
          variableValues: operation.variables as Record<string, unknown>,
          rootValue: {},
          fieldResolver: invent,
        }
        return fromPromise(Promise.resolve(execute(asked as never)).then((result) => makeResult(operation, result)))
      }),
    )

  it('stores every answer, and reads queries from the cache alone', async () => {
    const warnings: string[] = []
    const cache = cacheExchange({
      schema: introspect(),
      keys: { UserError: () => null },
      logger: (severity, message) => void (severity === 'debug' || warnings.push(message)),
    })
    const client = new Client({ url: 'https://api.example.com', exchanges: [cache, answering], preferGetMethod: false })
    const document = operations()
    const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION)
    const variables = { first: 20, id: 'Customer-1', input: { idempotencyKey: 'key', groupId: 'group', name: 'VIP' } }
    for (const one of document.definitions) {
      if (one.kind !== Kind.OPERATION_DEFINITION) continue
      const sent = print({ ...document, definitions: [one, ...fragments.filter(({ name }) => print(one).includes(`...${name.value}`))] })
      const { operation } = getOperationAST({ ...document, definitions: [one] })!
      if (operation === OperationTypeNode.SUBSCRIPTION) continue
      const result = await (operation === OperationTypeNode.MUTATION
        ? client.mutation(sent, variables)
        : client.query(sent, variables)
      ).toPromise()
      expect([result.error, result.data]).toEqual([undefined, expect.any(Object)])
      if (operation !== OperationTypeNode.QUERY) continue
      const again = await client.query(sent, variables, { requestPolicy: 'cache-only' }).toPromise()
      expect(again.data).toEqual(result.data)
    }
    expect(warnings).toEqual([])
  })
})
