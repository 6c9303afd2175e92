import { createHash } from 'node:crypto'
import type { Egress } from '@renmai/platform/secrets/egress'
import { pause } from '@renmai/platform/serve/clock'
import { AppError } from '@renmai/platform/serve/errors'
import { LRUCache } from 'lru-cache'
import { createTransport, type Transporter } from 'nodemailer'
import type { Handover, Outbound, Reach } from '../connector.ts'
import { smtpAddress } from './address.ts'
import type { SmtpAccount, SmtpCredentials } from './credentials.ts'

const ONE_ADDRESS = /^[^\s@<>"(),:;[\]\\]+@[^\s@<>"(),:;[\]\\]+$/

type SmtpError = Error & { responseCode?: number; command?: string; code?: string }

const DEADLINE_MS = 10_000
const BEFORE_THE_TEXT = ['CONN', 'EHLO', 'HELO', 'LHLO', 'STARTTLS', 'AUTH', 'MAIL FROM', 'RCPT TO']
const BEFORE_THE_SENDER = /^(CONN|EHLO|HELO|LHLO|STARTTLS|AUTH)/
/** Connections by resolved address. When a name resolves to another address, the connections to the old one are closed. */
export const openTransports = () => new LRUCache<string, Transporter>({ max: 500, dispose: (transport) => transport.close() })
export type Transports = ReturnType<typeof openTransports>

/** The message's id becomes the Message-ID, so that receivers can recognise a repeat. */
export async function sendMail(
  account: SmtpAccount,
  { id, address, subject, body }: Outbound,
  { egress, client }: Reach<Transports>,
): Promise<Handover> {
  const { credentials } = account
  if (!ONE_ADDRESS.test(address)) return { outcome: 'REJECTED', reason: 'SMTP_NOT_ONE_ADDRESS' }
  // As a text it would be parsed as a list or a group of addresses, in the envelope too.
  const to = { name: '', address }
  const domain = credentials.from.split('@')[1]
  const server = await findServer(egress, credentials)
  if ('outcome' in server) return server
  try {
    const sending = transportOf(client, account, server.address).sendMail({
      from: credentials.from,
      to,
      envelope: { from: credentials.from, to: [to] },
      subject,
      text: body,
      messageId: `<${id}@${domain}>`,
    })
    const sent = await Promise.race([sending, pause(DEADLINE_MS)])
    return sent ? { outcome: 'SENT', providerId: String(sent.messageId) } : { outcome: 'UNKNOWN', reason: 'SMTP_NO_ANSWER' }
  } catch (error) {
    return outcomeOf(error as SmtpError)
  }
}

function outcomeOf({ responseCode = 0, command = '', code = '' }: SmtpError): Handover {
  const reason = `SMTP_${responseCode}`
  // The server does not accept the account, whatever the message. Its own words could be those of a server inside.
  if (responseCode >= 500 && BEFORE_THE_SENDER.test(command))
    return {
      outcome: 'LATER',
      reason,
      broken: { code: reason, message: 'The mail server does not accept the account: check user and password' },
    }
  if (responseCode >= 500) return { outcome: 'REJECTED', reason }
  if (responseCode >= 400 || BEFORE_THE_TEXT.includes(command) || ['ECONNREFUSED', 'EDNS'].includes(code))
    return { outcome: 'LATER', reason: responseCode ? reason : 'SMTP_UNREACHABLE' }
  return { outcome: 'UNKNOWN', reason: 'SMTP_NO_ANSWER' }
}

async function findServer(egress: Egress, { host, port }: SmtpCredentials): Promise<{ address: string } | Handover> {
  try {
    return { address: await egress.resolve(host, port) }
  } catch (error) {
    const isInside = error instanceof AppError && error.code === 'INVALID'
    return isInside ? { outcome: 'REJECTED', reason: 'SMTP_HOST_REFUSED' } : { outcome: 'LATER', reason: 'SMTP_UNREACHABLE' }
  }
}

function transportOf(transports: Transports, { tenantId, id, credentials }: SmtpAccount, address: string): Transporter {
  // The key includes the host, because the certificate must be the host's.
  const key = createHash('sha256')
    .update(JSON.stringify([tenantId, id, address, smtpAddress(address, credentials)]))
    .digest('base64')
  const known = transports.get(key)
  if (known) return known
  const made = createTransport({
    ...smtpAddress(address, credentials),
    pool: true,
    // As many as all lanes of a tenant hand over concurrently: no message may wait here while its deadline runs.
    maxConnections: 8,
    // The server may have accepted a message whose connection broke, so the pool must not send it again.
    maxRequeues: 0,
    connectionTimeout: DEADLINE_MS,
    greetingTimeout: DEADLINE_MS,
    socketTimeout: DEADLINE_MS,
  })
  transports.set(key, made)
  return made
}
