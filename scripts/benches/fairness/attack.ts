import type { Pace, Send } from '../send-in-thread.ts'
import type { Tenant } from './tenant.ts'

/** One way in which a tenant could make a platform slow for another, and what of the other is measured meanwhile. */
export type Attack = {
  name: string
  /** What is measured; an ordinary neighbour does the same. */
  measured: (tenant: Tenant) => Send
  /** How often it is sent by each, given how often the usual queries are. */
  perSecond: (ordinary: number) => number
  /** @param victim whose ids the attacker knows */
  attack: (attacker: Tenant, victim: Tenant) => Send
  pace: (ordinary: number) => Pace
  /** Whose attack it is, where it is not a tenant's with the smallest plan. */
  plan?: 'ENTERPRISE'
  /** Removes what a round left to be done, which would make the next one slower. */
  clear?: (tenants: Tenant[]) => Promise<void>
}
