import type { Bus } from '@renmai/platform/bus'
import { type SharedLevels } from './budget.ts'
export declare const BUCKET = 'points'
/**
 * Keeps levels in a key-value bucket of NATS, in memory: what a restart of NATS forgets is seconds of spending.
 * @throws Error when NATS does not answer, or others change the same level all the time
 */
export declare function shareLevels(bus: Bus, now?: () => number): SharedLevels
