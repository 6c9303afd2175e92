import { hash } from 'node:crypto'
import { AppError } from '@renmai/platform/serve/errors'
import { createSharedCache } from '@renmai/platform/serve/shared-cache'
import { type DocumentNode, GraphQLError, type GraphQLSchema, getOperationAST, parse, specifiedRules, validate } from 'graphql'
import { hideValues } from '../http/hide-values.ts'
import { hasTooManyFields, LIMITS, limitRules } from './limits.ts'

/** A document that may be executed. */
export type GoodDocument = { document: DocumentNode; queryHash: string }

export type Documents = {
  /**
   * @param owner the tenant whose share of the cache is used
   * @param pay is called with the cost of reading a new document, before it is read; it may throw
   * @throws DocumentError
   */
  find: (source: string, owner: string, pay?: (points: number) => void) => GoodDocument
  /** The text of a valid document that was sent recently, by its SHA-256 in hex. */
  sourceOf: (queryHash: string) => string | undefined
  /** The same document with the places of its tokens, which take too much memory to be kept. */
  located: (document: DocumentNode) => DocumentNode
  /** Sources of valid documents, the most recently used first. */
  recent: (most: number) => string[]
}

const MAX_BYTES = 64 * 1024 ** 2
/**
 * Memory of a document, its plan and everything compiled from it, for each character of its text: 23 kB took 0.9 MB with all
 * places of tokens. A valid document took about as much with its plan.
 */
const BYTES_PER_CHARACTER = 40
const FIXED_BYTES = 4_096
/** Reading 23 kB takes 16 ms of the only thread. */
const CHARACTERS_PER_POINT = 200
const MAX_REPORTED = 5
// graphql-js names existing fields in its suggestions. A caller that cannot read the schema must not learn them from errors.
const SUGGESTION = / Did you mean [^?]+\?/g

/** SHA-256 in hex. Clients name a document by it. */
export const hashOf = (text: string) => hash('sha256', text, 'hex')

/** The cost of reading a new document, valid or not, in points. */
export const readingCost = (source: string): number => 1 + Math.floor(source.length / CHARACTERS_PER_POINT)

/** Reads and validates documents. Valid documents are kept, within a number of bytes; refused ones are not kept. */
export function createDocuments(schema: GraphQLSchema, maxBytes = MAX_BYTES): Documents {
  const known = createSharedCache<GoodDocument & { source: string }>(maxBytes)
  const sources = new WeakMap<DocumentNode, string>()
  return {
    find: (source, owner, pay) => {
      const queryHash = hashOf(source)
      const found = known.get(queryHash)
      if (found) return found
      pay?.(readingCost(source))
      const good = { document: check(schema, source), queryHash, source }
      sources.set(good.document, source)
      known.set(queryHash, owner, FIXED_BYTES + source.length * BYTES_PER_CHARACTER, good)
      return good
    },
    sourceOf: (queryHash) => known.get(queryHash)?.source,
    located: (document) => {
      const source = sources.get(document)
      return source === undefined ? document : read(source, false)
    },
    recent: (most) => known.latest(most).map(({ source }) => source),
  }
}

/** The reasons why a document is not executed; answered with status 400. */
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

/** @throws DocumentError */
function check(schema: GraphQLSchema, source: string): DocumentNode {
  const document = read(source, true)
  if (hasTooManyFields(document))
    throw new DocumentError([new GraphQLError(`An operation may have at most ${LIMITS.fields} fields, with those of its fragments`)])
  if (findErrors(schema, document).length === 0) return document
  // Token places take much memory. They are needed only to locate an error.
  throw new DocumentError(findErrors(schema, read(source, false)))
}

function read(source: string, noLocation: boolean): DocumentNode {
  try {
    return parse(source, { maxTokens: LIMITS.tokens, noLocation })
  } catch (error) {
    const message = error instanceof GraphQLError ? error.message : 'The document cannot be parsed'
    throw new DocumentError([new GraphQLError(message, { extensions: { code: 'GRAPHQL_PARSE_FAILED' } })])
  }
}

/** Limits come first, since validation itself takes time; validation stops after MAX_REPORTED errors. */
function findErrors(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[] {
  const errors = runRules(schema, document, limitRules)
  return errors.length > 0 ? errors : validate(schema, document, specifiedRules, { maxErrors: MAX_REPORTED })
}

/** armor's rules throw their errors; those of graphql-js report them. */
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
