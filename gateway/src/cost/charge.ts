import { AppError } from '@renmai/platform/errors'
import { GraphQLError } from 'graphql'
import type { Caller } from '../authenticate.ts'
import { DocumentError } from '../documents.ts'
import type { Executed } from '../execution/executor.ts'
import { LIMITS } from '../limits.ts'
import type { Balance, Budget } from './budget.ts'
import type { Cost } from './compile-cost.ts'

/** What an operation cost, for `extensions.cost`. */
export type Charged = { requestedQueryCost: number; actualQueryCost: number; throttleStatus: Balance }

/**
 * Runs an operation if its caller can pay what it may cost at most, and gives back what it did not cost.
 * @throws DocumentError MAX_COST_EXCEEDED for what nobody may ask at once
 * @throws AppError RATE_LIMITED when the caller has to wait
 */
export async function charge<T extends Executed>(
  budget: Budget,
  { tenantId, id, plan }: Caller,
  { base, atMost }: Cost,
  variables: Record<string, unknown>,
  work: () => Promise<T>,
): Promise<{ result: T; cost: Charged }> {
  const [key, requestedQueryCost] = [`${tenantId}.${id}`, atMost(variables)]
  if (requestedQueryCost > LIMITS.cost) throw tooMuch(requestedQueryCost)
  const retryAfterSeconds = budget.spend(key, plan, requestedQueryCost)
  if (retryAfterSeconds > 0) throw tooSoon(requestedQueryCost, budget.look(key, plan), retryAfterSeconds)
  let actualQueryCost = 0
  try {
    const result = await work()
    actualQueryCost = Math.min(base + result.points, requestedQueryCost)
    budget.refund(key, plan, requestedQueryCost - actualQueryCost)
    return { result, cost: { requestedQueryCost, actualQueryCost, throttleStatus: budget.look(key, plan) } }
  } catch (error) {
    budget.refund(key, plan, requestedQueryCost)
    throw error
  }
}

export function tooMuch(cost: number): DocumentError {
  const message = `This may cost ${Math.round(cost)} points, ${LIMITS.cost} are allowed at once; ask for shorter lists or in several requests`
  return new DocumentError([new GraphQLError(message, { extensions: { code: 'MAX_COST_EXCEEDED' } })])
}

export function tooSoon(cost: number, { currentlyAvailable, restoreRate }: Balance, retryAfterSeconds: number): AppError {
  const message = `This may cost ${cost} points, ${currentlyAvailable} are left and ${restoreRate} come back each second; try again in ${retryAfterSeconds} s`
  return new AppError('RATE_LIMITED', message, undefined, { retryAfterSeconds })
}
