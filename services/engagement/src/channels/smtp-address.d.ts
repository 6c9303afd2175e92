import type { Credentials } from './credentials.ts'
/**
 * Where a mail transport connects to: the address that was looked at, while the certificate must still be the host's.
 * @param address what egress.resolve gave for the host
 */
export declare function smtpAddress(
  address: string,
  { host, port, user, password }: Credentials['SMTP'],
): {
  host: string
  port: number
  tls?:
    | {
        servername: string
      }
    | undefined
  auth?:
    | {
        user: string
        pass: string
      }
    | undefined
}
