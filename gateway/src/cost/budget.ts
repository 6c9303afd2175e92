import type { Plan } from './plan.ts'

/** Levels of buckets that all replicas share. */
export type SharedLevels = {
  /** Adds points to the level of a bucket, or removes them. @returns the new level */
  add: (key: string, plan: Plan, points: number) => Promise<number>
}

export type Balance = { maximumAvailable: number; currentlyAvailable: number; restoreRate: number }

export type Budget = {
  /** Spends points, all or none. @returns the seconds until the caller may retry; 0 when the points were spent */
  spend: (key: string, plan: Plan, points: number) => number
  /** Refunds points that were not needed. */
  refund: (key: string, plan: Plan, points: number) => void
  look: (key: string, plan: Plan) => Balance
}

type Bucket = { level: number; at: number; untold: number; isTelling: boolean }

const MAX_BUCKETS = 10_000
/** A replica publishes its spending when it reaches this part of a bucket. */
const TOLD_FROM = 1 / 20

/**
 * Leaky buckets: spending raises the level, time lowers it. Each replica decides by itself and publishes its spending once it
 * has spent a twentieth of a bucket, so no request waits for another replica. Each replica overspends by at most a twentieth,
 * and by what it spends in the millisecond of publishing. While the shared levels cannot be reached, each replica keeps its own
 * account.
 */
export function createBudget(shared: SharedLevels, now: () => number = Date.now): Budget {
  const buckets = new Map<string, Bucket>()
  const find = (key: string, plan: Plan): Bucket => {
    const bucket = buckets.get(key) ?? { level: 0, at: now(), untold: 0, isTelling: false }
    if (buckets.size >= MAX_BUCKETS && !buckets.has(key)) buckets.delete(buckets.keys().next().value!)
    buckets.set(key, bucket)
    bucket.level = leak(plan, bucket.level, now() - bucket.at)
    bucket.at = now()
    return bucket
  }
  const tell = async (key: string, plan: Plan, bucket: Bucket) => {
    const points = bucket.untold
    bucket.isTelling = true
    bucket.untold = 0
    try {
      bucket.level = (await shared.add(key, plan, points)) + bucket.untold
      bucket.at = now()
    } catch {
      bucket.untold += points
    } finally {
      bucket.isTelling = false
    }
  }
  const change = (key: string, plan: Plan, bucket: Bucket, points: number) => {
    bucket.level = Math.max(0, bucket.level + points)
    bucket.untold += points
    if (!bucket.isTelling && Math.abs(bucket.untold) >= plan.capacity * TOLD_FROM) void tell(key, plan, bucket)
  }
  return {
    spend: (key, plan, points) => {
      const bucket = find(key, plan)
      const over = bucket.level + points - plan.capacity
      if (over > 0) return Math.ceil(over / plan.restorePerSecond)
      change(key, plan, bucket, points)
      return 0
    },
    refund: (key, plan, points) => change(key, plan, find(key, plan), -points),
    look: (key, plan) => ({
      maximumAvailable: plan.capacity,
      currentlyAvailable: Math.max(0, Math.floor(plan.capacity - find(key, plan).level)),
      restoreRate: plan.restorePerSecond,
    }),
  }
}

/** A level some time later; a clock that runs backwards changes nothing. */
export const leak = ({ restorePerSecond }: Plan, level: number, ms: number): number =>
  Math.max(0, level - (Math.max(0, ms) * restorePerSecond) / 1_000)
