import { AppError } from '@renmai/platform/serve/errors'
import { type GraphQLError, getArgumentValues, getOperationAST, getVariableValues, Kind } from 'graphql'
import type { Caller } from '../callers/authenticate.ts'
import { pay } from '../cost/charge.ts'
import { DocumentError, requireOperation } from '../documents/documents.ts'
import type { Params } from '../http/read-params.ts'
import type { Serving } from '../http/serve-graphql.ts'
import type { Subscribed } from './listen.ts'

/**
 * Prepares a subscription: its document is found, validated and paid for like any other document.
 * @returns the errors of a viewer that may not have it
 * @throws AppError, DocumentError as a request by POST would
 */
export async function prepareSubscription(serving: Serving, caller: Caller, params: Params): Promise<Subscribed | readonly GraphQLError[]> {
  const prepared = await readSubscription(serving, caller, params)
  // The caller pays once for the cost of one answer; the event source limits the number of answers.
  if ('supergraph' in prepared) {
    const { supergraph, document, operationName, variables } = prepared
    pay(serving.budget, caller, supergraph.costOf(document, operationName).atMost(variables))
  }
  return prepared
}

/** Like prepareSubscription, for a subscription that was paid for before. */
export async function readSubscription(serving: Serving, caller: Caller, params: Params): Promise<Subscribed | readonly GraphQLError[]> {
  const supergraph = serving.current()
  const source = await serving.chooseDocument(caller, params, supergraph.documents)
  const { document, queryHash } = supergraph.documents.find(source, caller.tenantId, (points) => pay(serving.budget, caller, points))
  const { operationName, variables } = params
  if (requireOperation(document, operationName) !== 'subscription')
    throw new AppError('INVALID', 'Only subscriptions are answered here; send queries and mutations by POST')
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

/** The form of an error where no HTTP status is possible. */
export function toldAs(error: unknown): { message: string; extensions: { code: string } }[] {
  if (error instanceof DocumentError) return error.errors
  if (!(error instanceof AppError)) throw error
  return [{ message: error.message, extensions: { code: error.code === 'INVALID' ? 'BAD_USER_INPUT' : error.code } }]
}
