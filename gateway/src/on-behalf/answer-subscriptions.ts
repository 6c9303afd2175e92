import { type Answer, answer } from '@renmai/platform/events/ask'
import { AppError } from '@renmai/platform/serve/errors'
import { readGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { GatewayService } from '@renmai/proto/gateway/v1/gateway_service'
import type { GraphQLFormattedError } from 'graphql'
import type { Caller } from '../callers/authenticate.ts'
import { DocumentError } from '../documents/documents.ts'
import { errorsOf } from '../http/errors.ts'
import type { Serving } from '../http/serving.ts'
import type { HeardEvent } from '../subscriptions/hear.ts'
import type { Subscribed } from '../subscriptions/listen.ts'
import { prepareSubscription, readSubscription } from '../subscriptions/subscribe.ts'
import type { ActFor } from './act-for.ts'

/** The schema that a caller sees. */
export type ServingOf = (caller: Caller) => Serving

/** The body of a webhook holds ids and the selected fields, not pages of data. */
const MAX_BYTES = 256 * 1024
/** Transient errors: an operation with one of these codes is retried, and the error is not delivered. */
export const TRANSIENT = new Set(['UNAVAILABLE', 'TIMEOUT', 'STORAGE_UNAVAILABLE', 'RATE_LIMITED'])

/** Answers subscriptions of API clients; engagement requests these answers and delivers them by webhook. */
export function answerSubscriptions(servingOf: ServingOf, actFor: ActFor): Answer[] {
  const paramsOf = (query: string) => ({ query, hash: undefined, variables: {}, operationName: undefined })
  return [
    answer(GatewayService.method.checkSubscription, async ({ tenantId, clientId, document, scopes }) => {
      const caller = await actFor(tenantId, 'CLIENT', clientId, scopes)
      const { source, args, field } = requireAllowed(await readable(prepareSubscription(servingOf(caller), caller, paramsOf(document))))
      const wanted = source.argument === undefined ? undefined : args[source.argument]
      const value = typeof wanted === 'string' ? (readGlobalId(wanted)?.id ?? wanted) : ''
      const { types, fields, everyMs } = source
      return { field, types: [...types], value, fields: [...fields], everyMs }
    }),
    answer(GatewayService.method.tellEvent, async ({ tenantId, clientId, document, event, scopes }) => {
      const caller = await actFor(tenantId, 'CLIENT', clientId, scopes)
      const serving = servingOf(caller)
      const subscribed = requireAllowed(await readable(readSubscription(serving, caller, paramsOf(document))))
      return { result: await tell(serving, subscribed, JSON.parse(event) as HeardEvent) }
    }),
  ]
}

async function tell({ admission, log }: Serving, subscribed: Subscribed, event: HeardEvent): Promise<string> {
  const { supergraph, viewer, queryHash } = subscribed
  const asked = { tenantId: viewer.tenantId, priority: 'QUERY', kind: queryHash } as const
  const { data, errors } = await admission.admit(asked, () => supergraph.execute({ ...subscribed, event }))
  const told = errorsOf(errors, log, newId())
  if (told.errors?.some(({ extensions }) => TRANSIENT.has(String(extensions?.code))))
    throw new AppError('UNAVAILABLE', 'A part of this does not answer now')
  // Such as a value that its type does not allow: it may last, so the caller ends its attempts.
  const fault = told.errors?.find(({ extensions }) => extensions?.code === 'INTERNAL')
  if (fault) throw new AppError('INTERNAL', fault.message)
  const isNothing = !told.errors && Object.values(data ?? {}).every((value) => value === null)
  const result = isNothing ? '' : JSON.stringify({ data, ...told })
  if (Buffer.byteLength(result) > MAX_BYTES) throw new AppError('INVALID', `The answer has more than ${MAX_BYTES} bytes; select less`)
  return result
}

/** Over the bus an error has one code and one message. */
export async function readable<T>(reading: Promise<T>): Promise<T> {
  return reading.catch((error) => {
    throw error instanceof DocumentError ? new AppError('INVALID', `document: ${error.errors[0]!.message}`) : error
  })
}

function requireAllowed(prepared: Subscribed | readonly GraphQLFormattedError[]): Subscribed {
  if ('supergraph' in prepared) return prepared
  const [{ message, extensions } = { message: 'Not allowed', extensions: {} }] = prepared
  throw new AppError(extensions?.code === 'UNAUTHORIZED_FIELD_OR_TYPE' ? 'FORBIDDEN' : 'INVALID', `document: ${message}`)
}
