import { type Job, type Send, type Sending, sendInThread, serveThread } from '../send-in-thread.ts'
import { findAttack } from './attacks.ts'
import type { Tenant } from './tenant.ts'

/** The sender of a side: a tenant with the measured requests, or an attacker with its victim. */
type Side = { attack: string; tenant: Tenant; victim?: Tenant }

/** Sends one side of an attack from a thread of its own. */
export const sendSide = (input: Side, job: Omit<Job, 'input'>): Sending => sendInThread(import.meta.url, { input, ...job })

function open({ attack, tenant, victim }: Side): Send {
  const found = findAttack(attack)
  return victim ? found.attack(tenant, victim) : found.measured(tenant)
}

serveThread(import.meta.url, open)
