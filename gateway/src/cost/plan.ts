/** How many points a caller may spend: up to the capacity at once, then as many as come back. */
export type Plan = { capacity: number; restorePerSecond: number }

/** A full bucket lasts so long at the rate at which it fills. */
const SECONDS = 20

export const planOf = (restorePerSecond: number): Plan => ({ capacity: SECONDS * restorePerSecond, restorePerSecond })

/** Plans of API clients by their names; a client's plan is identity's to say. */
const PLANS: Record<string, Plan> = { STANDARD: planOf(500), PLUS: planOf(2_000), ENTERPRISE: planOf(10_000) }

export const namedPlan = (name: string): Plan => PLANS[name] ?? PLANS.STANDARD!
