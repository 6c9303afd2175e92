import { createTransport } from 'nodemailer'
import type { Connector, Reach } from '../connector.ts'
import { smtpAddress } from './address.ts'
import { SmtpCredentials } from './credentials.ts'
import { openTransports, sendMail, type Transports } from './send-mail.ts'

/** E-mail through the mail server that the account names. */
export const smtp: Connector<SmtpCredentials, Transports> = {
  mutation: 'connectSmtp',
  field: 'smtp',
  shows: ['host', 'port', 'user', 'from'],
  // The password is sent to the host, so the host changes with the password only.
  changes: ['from'],
  credentials: SmtpCredentials,
  check: ({ host, port }, { egress }) => egress.check(host, port),
  externalIdOf: ({ from }) => from,
  open: openTransports,
  close: (transports) => transports.clear(),
  test: ({ credentials }, reach) => [['connect and greet', () => greet(credentials, reach)]],
  // All failures have the same text: otherwise a test would reveal which hosts and ports exist in the internal network.
  adviceOn: () => ({ detail: 'no mail server takes us there: check host, port, user and password' }),
  // A mail server accepts few connections.
  sender: { channel: 'EMAIL', address: 'EMAIL', inFlight: 4, send: sendMail },
}

async function greet(credentials: SmtpCredentials, { egress }: Reach): Promise<string> {
  const { host, port } = credentials
  const transport = createTransport({
    ...smtpAddress(await egress.resolve(host, port), credentials),
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
  })
  return transport
    .verify()
    .then(() => `${host}:${port} accepts us`)
    .finally(() => transport.close())
}
