import type { Plan } from './plan.ts'
/** Levels of buckets that all replicas share. */
export type SharedLevels = {
  /** Adds points, or takes them back, to what all have spent. @returns the level after it */
  add: (key: string, plan: Plan, points: number) => Promise<number>
}
export type Balance = {
  maximumAvailable: number
  currentlyAvailable: number
  restoreRate: number
}
export type Budget = {
  /** Spends points, all or none. @returns after how many seconds to come again; 0 when they were there */
  spend: (key: string, plan: Plan, points: number) => number
  /** Gives back what was not needed. */
  refund: (key: string, plan: Plan, points: number) => void
  look: (key: string, plan: Plan) => Balance
}
/**
 * Leaky buckets: spending raises the level, time lowers it. Each replica decides by itself and tells the others once it has
 * spent a twentieth of a bucket, so that a request waits for nobody and all together overspend by at most a twentieth each.
 * While the others cannot be told, each keeps its own account.
 */
export declare function createBudget(shared: SharedLevels, now?: () => number): Budget
/** A level some time later; a clock that runs backwards gives nothing. */
export declare const leak: ({ restorePerSecond }: Plan, level: number, ms: number) => number
