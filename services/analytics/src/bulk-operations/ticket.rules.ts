import { createHmac, timingSafeEqual } from 'node:crypto'
import { AppError } from '@renmai/platform/serve/errors'

const LIFETIME_MS = 15 * 60_000

/** Signs the right to download one file for a quarter of an hour. The ticket names its viewer. */
export function signTicket(key: string, tenantId: string, operationId: string, viewerId: string, now: Date): string {
  const said = `${now.getTime() + LIFETIME_MS}.${viewerId}`
  return `${said}.${macOf(key, tenantId, operationId, said)}`
}

/**
 * @returns id of the viewer that the ticket names
 * @throws AppError NOT_FOUND for a forged or expired ticket, so that the answer does not reveal which files exist
 */
export function checkTicket(key: string, tenantId: string, operationId: string, ticket: string, now: Date): string {
  const [expires = '', viewerId = '', mac = ''] = ticket.split('.')
  const [expected, given] = [Buffer.from(macOf(key, tenantId, operationId, `${expires}.${viewerId}`)), Buffer.from(mac)]
  if (given.length !== expected.length || !timingSafeEqual(given, expected) || !(Number(expires) > now.getTime()))
    throw new AppError('NOT_FOUND', 'No such path')
  return viewerId
}

const macOf = (key: string, ...parts: string[]) =>
  createHmac('sha256', key)
    .update(`bulk|${parts.join('|')}`)
    .digest('base64url')
