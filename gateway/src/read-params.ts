import { AppError } from '@renmai/platform/errors'
import { parse } from '@renmai/platform/parse'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { hasUnstorableText, isTooDeep } from './limits.ts'

export type Params = { query: string; variables: Record<string, unknown>; operationName: string | undefined }

const NO_BATCH = 'The body must be one JSON object with a query; batches are not accepted'
const Body = z.object(
  {
    query: z.string('query must be a string').min(1, 'query must not be empty'),
    variables: z
      .record(z.string(), z.unknown(), 'variables must be an object')
      .refine((variables) => !isTooDeep(variables), 'variables are nested too deeply')
      .refine((variables) => !hasUnstorableText(variables), 'variables hold text that cannot be stored')
      .nullish()
      .transform((variables) => variables ?? {}),
    operationName: z
      .string('operationName must be a string')
      .nullish()
      .transform((name) => name ?? undefined),
    extensions: z.record(z.string(), z.unknown(), 'extensions must be an object').nullish(),
  },
  NO_BATCH,
)

/**
 * Reads an operation from the body of a POST, or from the URL of a GET.
 * @throws AppError INVALID for everything that is not one operation with an object of variables
 */
export function readParams({ method, body, query: search }: FastifyRequest): Params {
  const { query, variables, operationName } = parse(Body, method === 'GET' ? fromUrl(search as Record<string, unknown>) : body)
  return { query, variables, operationName }
}

function fromUrl({ query, variables, operationName, extensions }: Record<string, unknown>): object {
  return { query, operationName, variables: jsonOf(variables, 'variables'), extensions: jsonOf(extensions, 'extensions') }
}

function jsonOf(text: unknown, name: string): unknown {
  if (text === undefined || text === '') return undefined
  try {
    return JSON.parse(String(text))
  } catch {
    throw new AppError('INVALID', `${name} must be JSON`)
  }
}
