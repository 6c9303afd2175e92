import { AppError } from '@renmai/platform/serve/errors'
import { GraphQLError } from 'graphql'
import type { Caller } from '../callers/authenticate.ts'
import { DocumentError } from '../documents/documents.ts'
import { LIMITS } from '../documents/limits.ts'
import type { Executed } from '../execution/executor.ts'
import type { Balance, Budget } from './budget.ts'
import type { Cost } from './compile-cost.ts'

/** The cost of an operation, for `extensions.cost`. */
export type Charged = { requestedQueryCost: number; actualQueryCost: number; throttleStatus: Balance }

/**
 * Runs an operation if its caller can pay its highest possible cost, and refunds the difference to its actual cost.
 * @throws DocumentError MAX_COST_EXCEEDED for an operation above the limit of a single operation
 * @throws AppError RATE_LIMITED when the caller has to wait
 */
export async function charge<T extends Executed>(
  budget: Budget,
  caller: Caller,
  { base, atMost }: Cost,
  variables: Record<string, unknown>,
  work: () => Promise<T>,
): Promise<{ result: T; cost: Charged }> {
  const [key, plan, requestedQueryCost] = [accountOf(caller), caller.plan, atMost(variables)]
  pay(budget, caller, requestedQueryCost)
  let actualQueryCost = 0
  try {
    const result = await work()
    actualQueryCost = Math.min(base(variables) + result.points, requestedQueryCost)
    budget.refund(key, plan, requestedQueryCost - actualQueryCost)
    return { result, cost: { requestedQueryCost, actualQueryCost, throttleStatus: budget.look(key, plan) } }
  } catch (error) {
    budget.refund(key, plan, requestedQueryCost)
    throw error
  }
}

/** The key of a caller's budget. */
export const accountOf = ({ tenantId, id }: Caller): string => `${tenantId}.${id}`

/** Takes points from a caller's budget. @throws as charge does */
export function pay(budget: Budget, caller: Caller, cost: number): void {
  const [key, plan] = [accountOf(caller), caller.plan]
  if (cost > LIMITS.cost) throw tooMuch(cost)
  const retryAfterSeconds = budget.spend(key, plan, cost)
  if (retryAfterSeconds > 0) throw tooSoon(cost, budget.look(key, plan), retryAfterSeconds)
}

function tooMuch(cost: number): DocumentError {
  const message = `This may cost ${Math.round(cost)} points, ${LIMITS.cost} are allowed; request shorter lists or use several requests`
  return new DocumentError([new GraphQLError(message, { extensions: { code: 'MAX_COST_EXCEEDED' } })])
}

function tooSoon(cost: number, { currentlyAvailable, restoreRate }: Balance, retryAfterSeconds: number): AppError {
  const message = `This may cost ${cost} points, ${currentlyAvailable} are left and ${restoreRate} come back each second; try again in ${retryAfterSeconds} s`
  return new AppError('RATE_LIMITED', message, undefined, { retryAfterSeconds })
}
