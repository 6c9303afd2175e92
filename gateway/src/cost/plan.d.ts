/** How many points a caller may spend: up to the capacity at once, then as many as come back. */
export type Plan = {
  capacity: number
  restorePerSecond: number
}
export declare const planOf: (restorePerSecond: number) => Plan
export declare const namedPlan: (name: string) => Plan
