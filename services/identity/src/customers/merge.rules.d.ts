import type { Customer, CustomerDecision } from './customer.table.ts'
export declare function checkMerge(survivor: Customer | undefined, absorbed: Customer | undefined): void
export declare function checkUnmerge(
  decision: CustomerDecision | undefined,
  survivor: Customer | undefined,
  absorbed: Customer | undefined,
): void
