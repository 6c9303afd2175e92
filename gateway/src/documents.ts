import { createHash } from 'node:crypto'
import { AppError } from '@renmai/platform/errors'
import { type DocumentNode, GraphQLError, type GraphQLSchema, getOperationAST, parse, specifiedRules, validate } from 'graphql'
import { hideValues } from './hide-values.ts'
import { hasTooManyFields, LIMITS, limitRules } from './limits.ts'

/** A document that may be executed. */
export type GoodDocument = { document: DocumentNode; queryHash: string }

export type Documents = {
  /** @throws DocumentError */
  find: (source: string) => GoodDocument
  /** The text of a good document that was asked for lately, by its SHA-256 in hex. */
  sourceOf: (queryHash: string) => string | undefined
  /** Sources of good documents, the latest used first. */
  recent: (most: number) => string[]
}

const MAX_DOCUMENTS = 2_000
/** What is longer is read anew each time: two thousand of the longest would fill the memory. */
const MAX_REMEMBERED_LENGTH = 32 * 1024
const MAX_REPORTED = 10
// graphql-js names what exists in its suggestions; who cannot read the schema must not learn it from errors.
const SUGGESTION = / Did you mean [^?]+\?/g

/** SHA-256 in hex, by which clients name a document. */
export const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

/** Parses and validates documents, each once. A refused document is remembered like a good one. */
export function createDocuments(schema: GraphQLSchema): Documents {
  const seen = new Map<string, GoodDocument | GraphQLError[]>()
  const sources = new Map<string, string>()
  const forget = (source: string) => {
    const found = seen.get(source)
    if (found && 'queryHash' in found) sources.delete(found.queryHash)
    seen.delete(source)
  }
  const remember = (source: string, found: GoodDocument | GraphQLError[]) => {
    if (source.length > MAX_REMEMBERED_LENGTH) return
    seen.set(source, found)
    if ('queryHash' in found) sources.set(found.queryHash, source)
  }
  const find = (source: string) => {
    const found = seen.get(source) ?? check(schema, source)
    forget(source)
    if (seen.size >= MAX_DOCUMENTS) forget(seen.keys().next().value!)
    remember(source, found)
    if (Array.isArray(found)) throw new DocumentError(found)
    return found
  }
  const recent = (most: number) => {
    const good = [...seen].filter(([, found]) => !Array.isArray(found))
    return good
      .slice(-most)
      .map(([source]) => source)
      .toReversed()
  }
  return { find, recent, sourceOf: (queryHash) => sources.get(queryHash) }
}

/** Why a document is not executed; answered with status 400. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError'
  readonly errors: { message: string; extensions: { code: string } }[]

  constructor(errors: readonly GraphQLError[]) {
    super('The document is not valid')
    this.errors = errors.slice(0, MAX_REPORTED).map((error) => ({
      message: hideValues(error.message.replace(SUGGESTION, '')),
      locations: error.locations,
      extensions: { code: String(error.extensions.code ?? 'GRAPHQL_VALIDATION_FAILED') },
    }))
  }
}

function check(schema: GraphQLSchema, source: string): GoodDocument | GraphQLError[] {
  let document: DocumentNode
  try {
    document = parse(source, { maxTokens: LIMITS.tokens, noLocation: false })
  } catch (error) {
    const message = error instanceof GraphQLError ? error.message : 'The document cannot be parsed'
    return [new GraphQLError(message, { extensions: { code: 'GRAPHQL_PARSE_FAILED' } })]
  }
  if (hasTooManyFields(document))
    return [new GraphQLError(`An operation may have at most ${LIMITS.fields} fields, with those of its fragments`)]
  const errors = runRules(schema, document, limitRules)
  if (errors.length > 0) return errors
  const invalid = validate(schema, document, specifiedRules)
  return invalid.length > 0 ? [...invalid] : { document, queryHash: hashOf(source) }
}

/** armor's rules throw what they find; graphql-js's report it. */
function runRules(schema: GraphQLSchema, document: DocumentNode, rules: typeof limitRules): GraphQLError[] {
  try {
    return [...validate(schema, document, rules)]
  } catch (error) {
    if (error instanceof GraphQLError) return [error]
    throw error
  }
}

/** @throws AppError INVALID when the document has several operations and none is named */
export function requireOperation(document: DocumentNode, operationName: string | undefined): 'query' | 'mutation' | 'subscription' {
  const operation = getOperationAST(document, operationName)
  if (!operation)
    throw new AppError(
      'INVALID',
      operationName ? 'The document has no operation of this name' : 'Name one of the operations with operationName',
    )
  return operation.operation
}
