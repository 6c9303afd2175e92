import { ask } from '@renmai/platform/events/ask'
import type { Bus } from '@renmai/platform/events/bus'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { createMemory } from '../callers/memory.ts'

/** Finds the text of a document that a tenant trusts, by its SHA-256 in hex. */
export type FindTrusted = (tenantId: string, hash: string) => Promise<string | undefined>

const UNKNOWN = ''

/** Queries identity and remembers trusted documents for 30 seconds. Others are not remembered: they may be published at any moment. */
export function findTrustedBy(bus: Bus): FindTrusted {
  const { recall } = createMemory<string>({
    endOf: (body) => (body === UNKNOWN ? 0 : Number.POSITIVE_INFINITY),
    sizeOf: (body) => 2 * body.length,
  })
  return async (tenantId, hash) => {
    const find = async () => (await ask(bus, IdentityService.method.findDocument, { tenantId, hash })).body
    return (await recall([tenantId, hash], find)) || undefined
  }
}
