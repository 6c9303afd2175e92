import { createHmac, timingSafeEqual } from 'node:crypto'
import { ask } from '@renmai/platform/events/ask'
import type { Bus } from '@renmai/platform/events/bus'
import { AppError } from '@renmai/platform/serve/errors'
import type { Viewer } from '@renmai/platform/serve/viewer'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'

const LIFETIME_MS = 3_600_000
/** The scope that a holder needs, when the import starts and whenever its ticket is used. */
export const IMPORT_SCOPE = 'orders:write'

type Holder = Pick<Viewer, 'kind' | 'id'>
type Place = { tenantId: string; importId: string }

const notThere = () => new AppError('NOT_FOUND', 'No such path')

/** Signs the right of a viewer to send or fetch one import's file, for an hour. */
export function signTicket(key: string, { tenantId, importId }: Place, { kind, id }: Holder, now: Date): string {
  const said = [kind, id, now.getTime() + LIFETIME_MS].join('.')
  return `${said}.${macOf(key, tenantId, importId, said)}`
}

/**
 * Checks a ticket, and that its holder still has the scope: a ticket outlives a key that was revoked.
 * @throws AppError NOT_FOUND for a ticket that is forged or expired, or whose holder lost the scope: the answer does not
 *   reveal what exists
 */
export async function requireTicket(
  { ticketKey, bus, now }: { ticketKey: string; bus: Bus; now: () => Date },
  { tenantId, importId }: Place,
  ticket: string,
): Promise<void> {
  const [kind = '', id = '', expires = '', mac = ''] = ticket.split('.')
  const expected = Buffer.from(macOf(ticketKey, tenantId, importId, [kind, id, expires].join('.')))
  const given = Buffer.from(mac)
  if (given.length !== expected.length || !timingSafeEqual(given, expected) || Number(expires) < now().getTime()) throw notThere()
  const found = await ask(bus, IdentityService.method.authorizeViewer, { tenantId, kind, viewerId: id })
  if (!found.isActive || !found.scopes.includes(IMPORT_SCOPE)) throw notThere()
}

const macOf = (key: string, tenantId: string, importId: string, said: string) =>
  createHmac('sha256', key).update(`${tenantId}|${importId}|${said}`).digest('base64url')
