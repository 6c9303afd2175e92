import { createHmac, timingSafeEqual } from 'node:crypto'
import { AppError } from '@renmai/platform/errors'

const LIFETIME_MS = 3_600_000

/** A signed right to send or fetch one import's file, for an hour. */
export function signTicket(key: string, tenantId: string, importId: string, now: Date): string {
  const expires = now.getTime() + LIFETIME_MS
  return `${expires}.${macOf(key, tenantId, importId, expires)}`
}

/** @throws AppError NOT_FOUND for a forged or expired ticket: nothing is said about what exists */
export function checkTicket(key: string, tenantId: string, importId: string, ticket: string, now: Date): void {
  const [expires = '', mac = ''] = ticket.split('.')
  const expected = Buffer.from(macOf(key, tenantId, importId, Number(expires)))
  const given = Buffer.from(mac)
  if (given.length !== expected.length || !timingSafeEqual(given, expected) || Number(expires) < now.getTime())
    throw new AppError('NOT_FOUND', 'No such path')
}

const macOf = (key: string, tenantId: string, importId: string, expires: number) =>
  createHmac('sha256', key).update(`${tenantId}|${importId}|${expires}`).digest('base64url')
