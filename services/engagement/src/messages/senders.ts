import { createHash } from 'node:crypto'
import { pause } from '@renmai/platform/clock'
import type { Egress } from '@renmai/platform/egress'
import { AppError } from '@renmai/platform/errors'
import { LRUCache } from 'lru-cache'
import { createTransport, type Transporter } from 'nodemailer'
import type { Credentials, OpenAccount } from '../channels/credentials.ts'
import { smtpAddress } from '../channels/smtp-address.ts'
import { sendMessage, WecomError } from '../wecom/wecom-client.ts'
import type { Rendered } from './render-messages.ts'

/** What became of handing a message to a platform. */
export type Handover =
  | { outcome: 'SENT'; providerId: string }
  | { outcome: 'REJECTED'; reason: string }
  /** It was not accepted and may be tried again. */
  | { outcome: 'LATER'; reason: string }
  /** Nobody knows whether it was accepted. */
  | { outcome: 'UNKNOWN'; reason: string }

export async function sendByWecom(baseUrl: string, account: OpenAccount<'WECOM'>, address: string, { body }: Rendered): Promise<Handover> {
  // WeCom takes several by |, and everybody by @all.
  if (/^@|[|\s]/.test(address)) return { outcome: 'REJECTED', reason: 'WECOM_NOT_ONE_ADDRESS' }
  try {
    return { outcome: 'SENT', providerId: await sendMessage(baseUrl, account, address, body) }
  } catch (error) {
    if (error instanceof WecomError)
      return error.isRateLimit
        ? { outcome: 'LATER', reason: `WECOM_${error.errcode}` }
        : { outcome: 'REJECTED', reason: `WECOM_${error.errcode}` }
    const wasRefused = error instanceof AppError && error.code === 'UNAVAILABLE'
    return wasRefused ? { outcome: 'LATER', reason: 'WECOM_UNREACHABLE' } : { outcome: 'UNKNOWN', reason: 'WECOM_NO_ANSWER' }
  }
}

const ONE_ADDRESS = /^[^\s@<>"(),:;[\]\\]+@[^\s@<>"(),:;[\]\\]+$/

type SmtpError = Error & { responseCode?: number; command?: string; code?: string }

const DEADLINE_MS = 10_000
const BEFORE_THE_TEXT = ['CONN', 'EHLO', 'HELO', 'LHLO', 'STARTTLS', 'AUTH', 'MAIL FROM', 'RCPT TO']
/** An address that is not used any more, since its name has moved on, closes its connections. */
const transports = new LRUCache<string, Transporter>({ max: 500, dispose: (transport) => transport.close() })

/** @param messageId becomes the Message-ID, so that a repeat can be told from a new message */
export async function sendByMail(
  egress: Egress,
  account: OpenAccount<'SMTP'>,
  messageId: string,
  address: string,
  { subject, body }: Rendered,
): Promise<Handover> {
  const { credentials } = account
  if (!ONE_ADDRESS.test(address)) return { outcome: 'REJECTED', reason: 'SMTP_NOT_ONE_ADDRESS' }
  // As a text it would be read as a list or a group of addresses, in the envelope too.
  const to = { name: '', address }
  const domain = credentials.from.split('@')[1]
  const server = await findServer(egress, credentials)
  if ('outcome' in server) return server
  try {
    const sending = transportOf(account, server.address).sendMail({
      from: credentials.from,
      to,
      envelope: { from: credentials.from, to: [to] },
      subject,
      text: body,
      messageId: `<${messageId}@${domain}>`,
    })
    const sent = await Promise.race([sending, pause(DEADLINE_MS)])
    return sent ? { outcome: 'SENT', providerId: String(sent.messageId) } : { outcome: 'UNKNOWN', reason: 'SMTP_NO_ANSWER' }
  } catch (error) {
    const { responseCode = 0, command = '', code = '' } = error as SmtpError
    if (responseCode >= 500) return { outcome: 'REJECTED', reason: `SMTP_${responseCode}` }
    if (responseCode >= 400 || BEFORE_THE_TEXT.includes(command) || ['ECONNREFUSED', 'EDNS'].includes(code))
      return { outcome: 'LATER', reason: responseCode ? `SMTP_${responseCode}` : 'SMTP_UNREACHABLE' }
    return { outcome: 'UNKNOWN', reason: 'SMTP_NO_ANSWER' }
  }
}

async function findServer(egress: Egress, { host, port }: Credentials['SMTP']): Promise<{ address: string } | Handover> {
  try {
    return { address: await egress.resolve(host, port) }
  } catch (error) {
    const isInside = error instanceof AppError && error.code === 'INVALID'
    return isInside ? { outcome: 'REJECTED', reason: 'SMTP_HOST_REFUSED' } : { outcome: 'LATER', reason: 'SMTP_UNREACHABLE' }
  }
}

function transportOf({ tenantId, id, credentials }: OpenAccount<'SMTP'>, address: string): Transporter {
  // The host too: the certificate must be its own.
  const key = createHash('sha256')
    .update(JSON.stringify([tenantId, id, address, smtpAddress(address, credentials)]))
    .digest('base64')
  const known = transports.get(key)
  if (known) return known
  const made = createTransport({
    ...smtpAddress(address, credentials),
    pool: true,
    // As many as all lanes of a tenant hand over at once: nothing may wait here while its deadline runs.
    maxConnections: 8,
    // A message whose connection broke may have been accepted; the pool must not send it again by itself.
    maxRequeues: 0,
    connectionTimeout: DEADLINE_MS,
    greetingTimeout: DEADLINE_MS,
    socketTimeout: DEADLINE_MS,
  })
  transports.set(key, made)
  return made
}
