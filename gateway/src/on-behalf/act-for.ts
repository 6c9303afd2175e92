import { ask } from '@renmai/platform/events/ask'
import type { Bus } from '@renmai/platform/events/bus'
import { AppError } from '@renmai/platform/serve/errors'
import type { Viewer } from '@renmai/platform/serve/viewer'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { type Caller, forgetChanged } from '../callers/authenticate.ts'
import { createMemory } from '../callers/memory.ts'
import { namedPlan, type Plan } from '../cost/plan.ts'

/** Finds what somebody may do now in whose name something goes on. */
export type ActFor = (
  tenantId: string,
  kind: Exclude<Viewer['kind'], 'SERVICE'>,
  id: string,
  /** With which it was asked for. */
  scopes: readonly string[],
) => Promise<Caller>

/**
 * What is asked for now and answered later is answered as its viewer might ask for it then: scopes that were taken away are
 * not there any more, and those that the request did not have do not come by themselves. Remembered like those who ask themselves.
 * @throws AppError FORBIDDEN for who may do nothing any more
 */
export function createActFor(bus: Bus, staffPlan: Plan): ActFor {
  const callers = createMemory<Caller>()
  forgetChanged(bus, callers)
  return async (tenantId, kind, id, scopes) => {
    const caller = await callers.recall([tenantId, kind, id], async () => {
      const found = await ask(bus, IdentityService.method.authorizeViewer, { tenantId, kind, viewerId: id })
      if (!found.isActive) throw new AppError('FORBIDDEN', 'Who this is done for is not active any more')
      const plan = kind === 'STAFF' ? staffPlan : namedPlan(found.plan)
      return { kind, id, tenantId, scopes: new Set(found.scopes), plan, isPartner: found.isPartner }
    })
    return within(caller, scopes)
  }
}

/** A caller with those of some scopes that they have. */
export const within = (caller: Caller, scopes: readonly string[]): Caller => ({
  ...caller,
  scopes: new Set(scopes.filter((one) => caller.scopes.has(one))),
})
