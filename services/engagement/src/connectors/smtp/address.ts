import { isIP } from 'node:net'
import type { SmtpCredentials } from './credentials.ts'

/**
 * The target of a mail transport: the IP address that was checked. The certificate must still be the host's.
 * @param address the result of egress.resolve for the host
 */
export function smtpAddress(address: string, { host, port, user, password }: SmtpCredentials) {
  return {
    host: address,
    port,
    ...(isIP(host) ? {} : { tls: { servername: host } }),
    ...(user ? { auth: { user, pass: password ?? '' } } : {}),
  }
}
