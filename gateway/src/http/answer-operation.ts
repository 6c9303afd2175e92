import type { FormattedExecutionResult } from 'graphql'
import type { Caller } from '../callers/authenticate.ts'
import type { Touched } from '../callers/usage.ts'
import { charge, pay } from '../cost/charge.ts'
import { type GoodDocument, requireOperation } from '../documents/documents.ts'
import { requireStorable } from '../documents/require-storable.ts'
import type { Supergraph } from '../supergraph/supergraph.ts'
import { errorsOf } from './errors.ts'
import type { Params } from './read-params.ts'
import type { Serving } from './serving.ts'

/** A valid operation that its caller may send. */
export type Found = GoodDocument & {
  supergraph: Supergraph
  params: Params
  operation: 'query' | 'mutation' | 'subscription'
}

/**
 * Finds the operation that a caller requests, by any transport.
 * @throws AppError, DocumentError when there is none, it is not valid, it is not published where that is required, or
 * a variable holds text that cannot be stored
 */
export async function findOperation(serving: Serving, caller: Caller, params: Params): Promise<Found> {
  const supergraph = serving.current()
  const source = await serving.chooseDocument(caller, params, supergraph.documents)
  const found = supergraph.documents.find(source, caller.tenantId, (points) => pay(serving.budget, caller, points))
  const operation = requireOperation(found.document, params.operationName)
  requireStorable(supergraph.schema, supergraph.itemwise, { ...params, document: found.document })
  return { ...found, supergraph, params, operation }
}

/**
 * Carries out a query or a mutation, the same for every transport: charged, admitted and counted.
 * @returns an answer without data when nothing was executed
 * @throws AppError, DocumentError when the caller has to wait, or the operation costs too much
 */
export async function answerOperation(
  { budget, usage, admission, log }: Serving,
  caller: Caller,
  { supergraph, document, queryHash, operation, params }: Found,
  requestId: string,
): Promise<FormattedExecutionResult> {
  const { operationName, variables } = params
  const touched = supergraph.touchedBy(document, operationName)
  usage.note(caller, touched)
  const asked = { tenantId: caller.tenantId, priority: operation === 'mutation' ? 'MUTATION' : 'QUERY', kind: queryHash } as const
  const { result, cost } = await charge(budget, caller, supergraph.costOf(document, operationName), variables, () =>
    admission.admit(asked, () => supergraph.execute({ document, operationName, variables, viewer: caller })),
  )
  const { data, errors, isReplay } = result
  return {
    ...(data === undefined ? {} : { data }),
    ...errorsOf(errors, log, requestId),
    extensions: { cost, ...deprecationsOf(touched), ...(isReplay ? { idempotentReplay: true } : {}) },
  }
}

const deprecationsOf = ({ deprecations }: Touched) => (deprecations.length > 0 ? { deprecations } : {})
