import { ask } from '@renmai/platform/events/ask'
import type { Bus } from '@renmai/platform/events/bus'
import { AppError } from '@renmai/platform/serve/errors'
import type { Viewer } from '@renmai/platform/serve/viewer'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { type Caller, forgetChanged } from '../callers/authenticate.ts'
import { createMemory } from '../callers/memory.ts'
import { namedPlan, type Plan } from '../cost/plan.ts'

/** Finds the current permissions of the viewer in whose name a task runs. */
export type ActFor = (
  tenantId: string,
  kind: Exclude<Viewer['kind'], 'SERVICE'>,
  id: string,
  /** Scopes of the original request. */
  scopes: readonly string[],
) => Promise<Caller>

/**
 * A task that is requested now and runs later has the permissions that its viewer has at that later time. Scopes that the viewer
 * lost are missing; scopes that the request did not have are not added. Viewers are remembered like callers.
 * @throws AppError FORBIDDEN for a viewer that is no longer active
 */
export function createActFor(bus: Bus, staffPlan: Plan): ActFor {
  const callers = createMemory<Caller>()
  forgetChanged(bus, callers)
  return async (tenantId, kind, id, scopes) => {
    const caller = await callers.recall([tenantId, kind, id], async () => {
      const found = await ask(bus, IdentityService.method.authorizeViewer, { tenantId, kind, viewerId: id })
      if (!found.isActive) throw new AppError('FORBIDDEN', 'The viewer of this operation is no longer active')
      const plan = kind === 'STAFF' ? staffPlan : namedPlan(found.plan)
      return { kind, id, tenantId, scopes: new Set(found.scopes), plan, isPartner: found.isPartner }
    })
    return within(caller, scopes)
  }
}

/** A caller limited to some scopes, as far as it has them. */
export const within = (caller: Caller, scopes: readonly string[]): Caller => ({
  ...caller,
  scopes: new Set(scopes.filter((one) => caller.scopes.has(one))),
})
