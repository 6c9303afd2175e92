import { isIP } from 'node:net'
import type { SmtpCredentials } from './credentials.ts'

/**
 * Where a mail transport connects to: the address that was looked at, while the certificate must still be the host's.
 * @param address what egress.resolve gave for the host
 */
export function smtpAddress(address: string, { host, port, user, password }: SmtpCredentials) {
  return {
    host: address,
    port,
    ...(isIP(host) ? {} : { tls: { servername: host } }),
    ...(user ? { auth: { user, pass: password ?? '' } } : {}),
  }
}
