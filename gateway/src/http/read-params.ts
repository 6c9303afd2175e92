import { AppError } from '@renmai/platform/serve/errors'
import { parse } from '@renmai/platform/serve/parse'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { isTooDeep } from '../documents/limits.ts'

export type Params = {
  query: string | undefined
  /** SHA-256 of the document in hex, sent instead of its text or with it. */
  hash: string | undefined
  variables: Record<string, unknown>
  operationName: string | undefined
}

const NO_BATCH = 'The body must be one JSON object with a query; batches are not accepted'
const HEX = /^[0-9a-f]{64}$/
const Body = z.object(
  {
    query: z.string('query must be a string').min(1, 'query must not be empty').nullish(),
    documentId: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, 'documentId must be sha256: and 64 hex digits')
      .nullish(),
    variables: z
      .record(z.string(), z.unknown(), 'variables must be an object')
      .refine((variables) => !isTooDeep(variables), 'variables are nested too deeply')
      .nullish()
      .transform((variables) => variables ?? {}),
    operationName: z
      .string('operationName must be a string')
      .nullish()
      .transform((name) => name ?? undefined),
    extensions: z
      .looseObject(
        { persistedQuery: z.object({ version: z.literal(1), sha256Hash: z.string().regex(HEX) }).optional() },
        'extensions must be an object',
      )
      .nullish(),
  },
  NO_BATCH,
)

/**
 * Reads an operation from the body of a POST, or from the URL of a GET: its text, or the hash of a known document, as
 * `documentId` (GraphQL over HTTP, "Persisted Documents" draft) or as automatic persisted query.
 * @throws AppError INVALID for any request that is not one operation with an object of variables
 */
export function readParams({ method, body, query: search }: FastifyRequest): Params {
  return parseParams(method === 'GET' ? fromUrl(search as Record<string, unknown>) : body)
}

/** @throws AppError INVALID for any payload that is not one operation with an object of variables */
export function parseParams(given: unknown): Params {
  const { query, documentId, variables, operationName, extensions } = parse(Body, given)
  const hash = documentId?.slice('sha256:'.length) ?? extensions?.persistedQuery?.sha256Hash
  if (!query && !hash) throw new AppError('INVALID', 'query must be a string; or send the documentId of a known one')
  return { query: query ?? undefined, hash, variables, operationName }
}

function fromUrl({ query, documentId, variables, operationName, extensions }: Record<string, unknown>): object {
  return { query, documentId, operationName, variables: jsonOf(variables, 'variables'), extensions: jsonOf(extensions, 'extensions') }
}

function jsonOf(text: unknown, name: string): unknown {
  if (text === undefined || text === '') return undefined
  try {
    return JSON.parse(String(text))
  } catch {
    throw new AppError('INVALID', `${name} must be JSON`)
  }
}
