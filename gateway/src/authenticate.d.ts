import { type Bus } from '@renmai/platform/bus'
import type { Viewer } from '@renmai/platform/viewer'
import type { Settings } from './config.ts'
import { type Plan } from './cost/plan.ts'
/** Who asks, and how much they may ask for. */
export type Caller = Viewer & {
  readonly plan: Plan
}
/** Turns an Authorization header, sent from an address, into who asks. */
export type Authenticate = (header: string | undefined, address: string) => Promise<Caller>
/** What identity says when permissions change. */
export declare const CHANGES: string[]
/**
 * Staff prove themselves by an access token of the company's OIDC provider, partners by an API key. What either may do
 * is asked of identity and remembered for 30 seconds. When identity tells that it has changed, it is asked anew at once; a
 * gateway that missed the news follows when it forgets.
 */
export declare function createAuthenticate(bus: Bus, settings: Settings): Authenticate
