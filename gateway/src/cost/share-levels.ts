import { StorageType } from '@nats-io/jetstream'
import { type KV, Kvm } from '@nats-io/kv'
import type { Bus } from '@renmai/platform/events/bus'
import { leak, type SharedLevels } from './budget.ts'

export const BUCKET = 'points'
/** A bucket that no caller uses for this time has emptied itself. */
const TTL_MS = 10 * 60_000
const ATTEMPTS = 5
/** JetStream's code for "wrong last sequence": another replica was faster. */
const CONFLICT = 10071

/**
 * Keeps levels in a key-value bucket of NATS, in memory: a restart of NATS loses only seconds of spending.
 * @throws Error when NATS does not answer, or when other replicas change the same level at every attempt
 */
export function shareLevels(bus: Bus, now: () => number = Date.now): SharedLevels {
  let opened: Promise<KV> | undefined
  const open = () =>
    (opened ??= new Kvm(bus.js).create(BUCKET, { ttl: TTL_MS, storage: StorageType.Memory, history: 1, replicas: bus.replicas }))
  const attempt = async (key: string, change: (level: number, ms: number) => number) => {
    const kv = await open()
    const entry = await kv.get(key)
    const before = entry?.json<{ level: number; at: number }>()
    const level = before ? change(before.level, now() - before.at) : change(0, 0)
    const value = JSON.stringify({ level, at: now() })
    await (entry ? kv.update(key, value, entry.revision) : kv.create(key, value))
    return level
  }
  return {
    add: async (key, plan, points) => {
      for (let no = 1; ; no++) {
        try {
          return await attempt(key, (level, ms) => Math.max(0, leak(plan, level, ms) + points))
        } catch (error) {
          // After a restart NATS may not have this bucket.
          if (!isConflict(error)) opened = undefined
          if (no === ATTEMPTS) throw error
        }
      }
    },
  }
}

const isConflict = (error: unknown) => (error as { code?: unknown }).code === CONFLICT
