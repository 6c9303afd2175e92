import { AppError } from '@renmai/platform/serve/errors'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FormattedExecutionResult } from 'graphql'
import type { Caller } from '../callers/authenticate.ts'
import { DocumentError } from '../documents/documents.ts'
import { answerOperation, findOperation } from '../http/answer-operation.ts'
import { errorsOf } from '../http/errors.ts'
import { acceptsEvents, EVENTS } from '../http/manner.ts'
import { type Params, readParams } from '../http/read-params.ts'
import { refuseAccept, refuseMethod } from '../http/refuse.ts'
import { admitToSchema, refuseKeyInUrl, type Serving } from '../http/serving.ts'
import type { Subscribed } from './listen.ts'
import type { Live } from './live.ts'
import { recheck } from './recheck.ts'
import { openSubscription, toldAs } from './subscribe.ts'
import { writeEvents } from './write-events.ts'

/**
 * Answers an operation as server-sent events. A request that cannot be read, or comes from a caller that may not send it now, has a
 * status of its own; every error of its operation is an event, since a browser shows no other answer to the page.
 */
export function handleEvents(serving: Serving, live: Live) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    refuseKeyInUrl(request.url)
    if (!acceptsEvents(request.headers.accept)) return refuseAccept(request, reply, EVENTS)
    const caller = admitToSchema(serving, await serving.authenticate(request.headers.authorization, request.ip))
    serving.admission.requireRoomToWait({ tenantId: caller.tenantId, priority: 'QUERY' })
    const answered = await answer(serving, caller, readParams(request), request)
    if (answered === 'BY_POST') return refuseMethod(request, reply, 'POST', 'Send mutations by POST')
    if (!('supergraph' in answered)) return writeEvents(request, reply, [answered])
    return follow(serving, live, answered, caller, request, reply)
  }
}

/** @returns the result of a query or a mutation, the errors of any operation, or a subscription that may begin */
async function answer(
  serving: Serving,
  caller: Caller,
  params: Params,
  { method, id }: FastifyRequest,
): Promise<FormattedExecutionResult | Subscribed | 'BY_POST'> {
  try {
    const found = await findOperation(serving, caller, params)
    if (found.operation === 'mutation' && method === 'GET') return 'BY_POST'
    if (found.operation !== 'subscription') return await answerOperation(serving, caller, found, id)
    const prepared = openSubscription(serving, caller, found)
    return 'supergraph' in prepared ? prepared : errorsOf(prepared, serving.log, id)
  } catch (error) {
    const isOfOperation = error instanceof DocumentError || (error instanceof AppError && error.code === 'INVALID')
    if (!isOfOperation) throw error
    return { errors: toldAs(error, id) }
  }
}

function follow(
  serving: Serving,
  { listen, places, recheckMs }: Live,
  subscribed: Subscribed,
  caller: Caller,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const leave = places.take(caller)
  const values = listen(subscribed)
  const again = () => serving.authenticate(request.headers.authorization, request.ip)
  const stop = recheck(again, caller, () => void values.return(), recheckMs)
  reply.raw.once('close', () => {
    stop()
    leave()
    void values.return()
  })
  return writeEvents(request, reply, values)
}
