import { AppError } from '@renmai/platform/serve/errors'
import { type GraphQLFormattedError, getArgumentValues, getOperationAST, getVariableValues, Kind } from 'graphql'
import type { Caller } from '../callers/authenticate.ts'
import { pay } from '../cost/charge.ts'
import { DocumentError } from '../documents/documents.ts'
import { type Found, findOperation } from '../http/answer-operation.ts'
import type { Params } from '../http/read-params.ts'
import type { Serving } from '../http/serving.ts'
import type { Subscribed } from './listen.ts'

/**
 * Prepares a subscription: its document is found, validated and paid for like any other document.
 * @returns the errors of a viewer that may not have it
 * @throws AppError, DocumentError as a request by POST would
 */
export async function prepareSubscription(
  serving: Serving,
  caller: Caller,
  params: Params,
): Promise<Subscribed | readonly GraphQLFormattedError[]> {
  return openSubscription(serving, caller, await findSubscription(serving, caller, params))
}

/** Like prepareSubscription, for a subscription that was paid for before. */
export async function readSubscription(
  serving: Serving,
  caller: Caller,
  params: Params,
): Promise<Subscribed | readonly GraphQLFormattedError[]> {
  return toSubscribed(serving, caller, await findSubscription(serving, caller, params))
}

async function findSubscription(serving: Serving, caller: Caller, params: Params): Promise<Found> {
  const found = await findOperation(serving, caller, params)
  if (found.operation !== 'subscription') throw new AppError('INVALID', 'Only subscriptions are answered here')
  return found
}

/** Lets the caller pay for a subscription that was found. The rest is as for prepareSubscription. */
export function openSubscription(serving: Serving, caller: Caller, found: Found): Subscribed | readonly GraphQLFormattedError[] {
  const prepared = toSubscribed(serving, caller, found)
  // The caller pays once for the cost of one answer; the event source limits the number of answers.
  if ('supergraph' in prepared) {
    const { supergraph, document, operationName, variables } = prepared
    pay(serving.budget, caller, supergraph.costOf(document, operationName).atMost(variables))
  }
  return prepared
}

function toSubscribed(
  serving: Serving,
  caller: Caller,
  { supergraph, document, queryHash, params }: Found,
): Subscribed | readonly GraphQLFormattedError[] {
  const { operationName, variables } = params
  const execution = { document, operationName, variables, viewer: caller }
  const refusals = supergraph.refusals(execution)
  if (refusals.length > 0) return refusals
  const root = rootOf({ ...execution, supergraph })
  serving.usage.note(caller, supergraph.touchedBy(document, operationName))
  return { ...execution, supergraph, queryHash, ...root }
}

/** Validation accepts one root field only. */
function rootOf({
  document,
  operationName,
  variables,
  supergraph,
}: Pick<Subscribed, 'document' | 'operationName' | 'variables' | 'supergraph'>) {
  const operation = getOperationAST(document, operationName)!
  const field = operation.selectionSet.selections.find((one) => one.kind === Kind.FIELD)
  const definition = field && supergraph.schema.getSubscriptionType()?.getFields()[field.name.value]
  const source = field && supergraph.sources.get(field.name.value)
  if (!definition || !source) throw new AppError('INVALID', 'Select the field of Subscription outside of fragments')
  const { coerced } = getVariableValues(supergraph.schema, operation.variableDefinitions ?? [], variables)
  return { field: field.name.value, source, args: getArgumentValues(definition, field, coerced) }
}

/** The errors of a request that was not executed, where no HTTP status is possible. @throws any other error */
export function toldAs(error: unknown, requestId: string): GraphQLFormattedError[] {
  if (error instanceof DocumentError) return error.errors.map((one) => ({ ...one, extensions: { ...one.extensions, requestId } }))
  if (!(error instanceof AppError)) throw error
  const { message, fields } = error
  const code = error.code === 'INVALID' ? 'BAD_USER_INPUT' : error.code
  return [{ message, extensions: { code, ...(fields ? { fields } : {}), requestId } }]
}
