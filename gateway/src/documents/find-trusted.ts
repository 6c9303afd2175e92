import { ask } from '@renmai/platform/events/ask'
import type { Bus } from '@renmai/platform/events/bus'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import type { Caller } from '../callers/authenticate.ts'
import { createMemory } from '../callers/memory.ts'

/** Finds the text of a document that is trusted for a caller, by its SHA-256 in hex. */
export type FindTrusted = (caller: Pick<Caller, 'tenantId' | 'isPartner'>, hash: string) => Promise<string | undefined>

const UNKNOWN = ''

/**
 * Searches the operator's own documents before those of the tenant. Partners use the documents of the tenant only.
 * @param find the text of an own document
 */
export const findTrustedIn =
  (find: (hash: string) => string | undefined, findOfTenant: FindTrusted): FindTrusted =>
  async (caller, hash) =>
    (caller.isPartner ? undefined : find(hash)) ?? findOfTenant(caller, hash)

/** Queries identity and remembers trusted documents for 30 seconds. Others are not remembered: they may be published at any moment. */
export function findTrustedBy(bus: Bus): FindTrusted {
  const { recall } = createMemory<string>({
    endOf: (body) => (body === UNKNOWN ? 0 : Number.POSITIVE_INFINITY),
    sizeOf: (body) => 2 * body.length,
  })
  return async ({ tenantId }, hash) => {
    const find = async () => (await ask(bus, IdentityService.method.findDocument, { tenantId, hash })).body
    return (await recall([tenantId, hash], find)) || undefined
  }
}
