import { buildSchema } from '@renmai/platform/serve/subgraph'
import { graphql } from 'graphql'
import { expect } from 'vitest'
import type { Context } from '../src/context.ts'
import { typeDefs } from '../src/gen/typedefs.ts'
import { resolvers } from '../src/resolvers.ts'

const schema = buildSchema([typeDefs], resolvers)

// oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of every shape
type Json = any

type Answered = { data?: Json; errors?: { message: string }[] }

/** Sends an operation to the schema of engagement. @returns its data and errors, as JSON */
export const send = async (contextValue: Context, source: string, variableValues: Record<string, unknown> = {}): Promise<Answered> =>
  JSON.parse(JSON.stringify(await graphql({ schema, source, contextValue, variableValues }))) as Answered

/** Sends an operation that has no errors. @returns its data */
export async function query(...given: Parameters<typeof send>): Promise<Json> {
  const { data, errors } = await send(...given)
  expect(errors).toBeUndefined()
  return data
}
