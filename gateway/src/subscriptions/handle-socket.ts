import type { AppError } from '@renmai/platform/serve/errors'
import type { FastifyRequest } from 'fastify'
import { type ExecutionArgs, type ExecutionResult, type FormattedExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql'
import { makeHandler } from 'graphql-ws/use/@fastify/websocket'
import type { Caller } from '../callers/authenticate.ts'
import { answerOperation, type Found, findOperation } from '../http/answer-operation.ts'
import { asErrors, errorsOf } from '../http/errors.ts'
import { parseParams } from '../http/read-params.ts'
import { admitToSchema, type Serving } from '../http/serving.ts'
import type { Live } from './live.ts'
import { readCredential } from './read-credential.ts'
import { recheck } from './recheck.ts'
import { openSubscription, toldAs } from './subscribe.ts'

type Extra = {
  socket: { close: (code: number, reason: string) => void }
  request: FastifyRequest
  /** The caller as it is now; undefined before the connection was accepted. */
  again?: () => Promise<Caller>
  end?: () => void
  open: number
}
/** Carries out an operation that may begin. */
type Work = () => AsyncGenerator<ExecutionResult, void> | Promise<ExecutionResult>
type Operation = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'contextValue'>

const PER_SOCKET = 50
const INIT_WITHIN_MS = 5_000
/** Codes of the graphql-transport-ws protocol, and of RFC 6455 for "try again later". */
const [UNAUTHORIZED, TRY_LATER] = [4401, 1013]
const CLOSED_WITH: Readonly<Record<string, number>> = { UNAUTHENTICATED: UNAUTHORIZED, FORBIDDEN: 4403 }
/** A reason has at most 123 bytes (RFC 6455, 5.5). */
const MAX_REASON = 120

const work = ({ contextValue }: { contextValue?: unknown }) => (contextValue as Work)()

/** Answers operations over a WebSocket: subscriptions, and queries and mutations under the rules of a request by POST. */
export function handleSocket(serving: Serving, { listen, places, recheckMs }: Live) {
  return makeHandler<Record<string, unknown>, Partial<Extra>>({
    // Otherwise the reason of a close would show internal errors.
    isProd: true,
    connectionInitWaitTimeout: INIT_WITHIN_MS,
    onConnect: async ({ connectionParams, extra }) => {
      const { request, socket } = extra as Extra
      const credential = readCredential(connectionParams) ?? request.headers.authorization
      const again = async () => admitToSchema(serving, await serving.authenticate(credential, request.ip))
      try {
        const caller = await again()
        const leave = places.take(caller)
        const stop = recheck(again, caller, () => socket.close(UNAUTHORIZED, 'The credential is no longer valid'), recheckMs)
        Object.assign(extra, { again, open: 0, end: () => (stop(), leave()) })
      } catch (error) {
        // A client does not reconnect by itself after the codes of CLOSED_WITH. Any other error may be temporary, so it gets TRY_LATER.
        const { code, message } = error as AppError
        socket.close(CLOSED_WITH[code] ?? TRY_LATER, message.slice(0, MAX_REASON))
      }
    },
    onSubscribe: async ({ extra }, _id, payload) => {
      const held = extra as Extra
      if (!held.again) return [refusal('UNAUTHENTICATED', 'Not connected')]
      if (held.open >= PER_SOCKET) return [refusal('RATE_LIMITED', `At most ${PER_SOCKET} operations on one socket`)]
      // Counted before the first wait, so that many frames at the same moment count like many in sequence.
      held.open++
      const prepared = await prepare(serving, listen, held, payload)
      if (Array.isArray(prepared)) held.open--
      return prepared
    },
    onComplete: ({ extra }) => void (extra as Extra).open--,
    execute: work as never,
    subscribe: work as never,
    onDisconnect: ({ extra }) => (extra as Extra).end?.(),
  })
}

const refusal = (code: string, message: string) => new GraphQLError(message, { extensions: { code } })

/** @returns the errors of an operation that may not begin */
async function prepare(serving: Serving, listen: Live['listen'], { again, request }: Extra, payload: unknown) {
  try {
    const caller = await again!()
    serving.admission.requireRoomToWait({ tenantId: caller.tenantId, priority: 'QUERY' })
    const found = await findOperation(serving, caller, parseParams(payload))
    if (found.operation !== 'subscription') return toOperation(found, () => carryOut(serving, caller, found, request.id))
    const subscribed = openSubscription(serving, caller, found)
    if ('supergraph' in subscribed) return toOperation(found, () => listen(subscribed))
    return asErrors(errorsOf(subscribed, serving.log, request.id).errors)
  } catch (error) {
    return asErrors(toldAs(error, request.id))
  }
}

function toOperation({ supergraph, document, params }: Found, contextValue: Work): Operation {
  return { schema: supergraph.schema as GraphQLSchema, document, operationName: params.operationName, contextValue }
}

/** The library wants errors as objects of GraphQLError. */
async function carryOut(serving: Serving, caller: Caller, found: Found, requestId: string): Promise<ExecutionResult> {
  const answering = answerOperation(serving, caller, found, requestId)
  const { errors, ...rest } = await answering.catch((error): FormattedExecutionResult => ({ errors: toldAs(error, requestId) }))
  return errors ? { ...rest, errors: asErrors(errors) } : rest
}
