import type { Pace, Send } from '../send-in-thread.ts'
import type { Tenant } from './tenant.ts'

/** An attack with which a tenant could slow another, and the requests of the other that are measured meanwhile. */
export type Attack = {
  name: string
  /** The measured requests; an ordinary neighbour sends the same. */
  measured: (tenant: Tenant) => Send
  /** Rate of each sender, from the rate of the usual queries. */
  perSecond: (ordinary: number) => number
  /** @param victim the other tenant; the attacker knows its ids */
  attack: (attacker: Tenant, victim: Tenant) => Send
  pace: (ordinary: number) => Pace
  /** The attacker, where it is not a tenant with the smallest plan. */
  plan?: 'ENTERPRISE'
  /** Removes work that a round left, which would slow the next round. */
  clear?: (tenants: Tenant[]) => Promise<void>
}
