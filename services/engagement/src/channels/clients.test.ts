import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { newId } from '@renmai/platform/serve/ids'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Stand, startStand } from '../../test/stand.ts'
import type { Reach } from '../connectors/connector.ts'
import type { SmtpAccount } from '../connectors/smtp/credentials.ts'
import { sendMail, type Transports } from '../connectors/smtp/send-mail.ts'
import { closeClients, reachOf } from './reach.ts'

let stand: Stand
const smtp = new SMTPServer({
  disabledCommands: ['STARTTLS'],
  authOptional: true,
  onData: (stream, _session, done) => stream.resume().on('end', () => done()),
})
let connections = 0
smtp.server.on('connection', () => connections++)
beforeAll(async () => {
  stand = await startStand()
  await once(smtp.listen(0, '127.0.0.1'), 'listening')
})
afterAll(() => new Promise<void>((resolve) => smtp.close(() => resolve())))

it('a connection to a mail server is kept between messages, until the clients are closed', async () => {
  const { port } = smtp.server.address() as AddressInfo
  const credentials = { host: '127.0.0.1', port, from: 'a@renmai.example' }
  const account: SmtpAccount = { id: newId(), tenantId: newId(), kind: 'SMTP', externalId: 'a', credentials }
  const message = { id: newId(), address: 'b@renmai.example', subject: 's', body: 'b' }
  const send = async () => {
    expect(await sendMail(account, message, reachOf(stand.worker, 'SMTP') as Reach<Transports>)).toMatchObject({ outcome: 'SENT' })
    return connections
  }
  expect([await send(), await send()]).toEqual([1, 1])
  await stand.stop()
  expect(await send()).toBe(2)
  closeClients(stand.worker.clients)
})
