/** The points that a caller may spend: up to the capacity in a burst, then the restored points of each second. */
export type Plan = { capacity: number; restorePerSecond: number }

/** How long a full bucket lasts at the rate at which it fills. */
const SECONDS = 20

export const planOf = (restorePerSecond: number): Plan => ({ capacity: SECONDS * restorePerSecond, restorePerSecond })

/** Plans of API clients by their names; identity decides which plan a client has. */
const PLANS: Record<string, Plan> = { STANDARD: planOf(500), PLUS: planOf(2_000), ENTERPRISE: planOf(10_000) }

export const namedPlan = (name: string): Plan => PLANS[name] ?? PLANS.STANDARD!
