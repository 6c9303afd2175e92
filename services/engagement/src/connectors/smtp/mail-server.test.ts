import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { createEgress, parseExceptions } from '@renmai/platform/secrets/egress'
import { newId } from '@renmai/platform/serve/ids'
import { freePort } from '@renmai/platform/testing/processes'
import { key } from '@renmai/platform/testing/viewers'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Stand, startStand } from '../../../test/stand.ts'
import { connectAccount } from '../../channels/connect-account.ts'
import type { OpenAccount } from '../../channels/credentials.ts'
import { testConnection } from '../../channels/test-connection.ts'
import { openTransports, sendMail } from './send-mail.ts'

const tenant = newId()
const recipients: string[] = []
const egress = createEgress(parseExceptions('127.0.0.1:1024-65535/smtp', ['smtp']), 'smtp', [])
const client = openTransports()

let stand: Stand
let smtp: SMTPServer
let other: Server
const ports = { mail: 0, closed: 0, other: 0 }
const portOf = (server: Server) => (server.address() as AddressInfo).port
const listening = (server: Server) => new Promise((resolve) => server.once('listening', resolve))

beforeAll(async () => {
  stand = await startStand()
  smtp = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    allowInsecureAuth: true,
    onAuth: (_auth, _session, done) => done(new Error('no')),
    onRcptTo: ({ address }, _session, done) => {
      recipients.push(address)
      done()
    },
    onData: (stream, _session, done) => {
      stream.resume()
      stream.on('end', () => done())
    },
  })
  smtp.on('error', () => undefined)
  smtp.listen(0, '127.0.0.1')
  await listening(smtp.server)
  other = createServer((socket) => socket.on('error', () => undefined).end('INFO {"server_id":"NCA7SECRET","version":"2.15.1"}\r\n'))
  other.listen(0, '127.0.0.1')
  await listening(other)
  Object.assign(ports, { mail: portOf(smtp.server), closed: await freePort(), other: portOf(other) })
})
afterAll(async () => {
  await stand.stop()
  await new Promise<void>((resolve) => smtp.close(() => resolve()))
  other.close()
})

const account = (port: number, user?: string): OpenAccount<'SMTP'> => ({
  id: newId(),
  tenantId: tenant,
  kind: 'SMTP',
  externalId: 'a@renmai.example',
  credentials: { host: '127.0.0.1', port, from: 'a@renmai.example', ...(user ? { user, password: 'wrong' } : {}) },
})
const send = (port: number, address: string, user?: string) =>
  sendMail(account(port, user), { id: newId(), address, subject: 's', body: 'b' }, { url: '', egress, client })

describe('a message by mail', () => {
  it.each([
    'x,victim@mail.example',
    'group:victim@mail.example;',
    'x <victim@mail.example>',
    'victim@mail.example (x)',
    'a@b.example, victim@mail.example',
  ])('goes to its one address, never to an address that is parsed from it: %s', async (address) => {
    await send(ports.mail, address)
    expect(recipients.splice(0)).not.toContain('victim@mail.example')
  })

  it('goes to that address', async () => {
    expect(await send(ports.mail, 'one@mail.example')).toMatchObject({ outcome: 'SENT' })
    expect(recipients.splice(0)).toEqual(['one@mail.example'])
  })

  it('waits while the server does not accept the account, which is no refusal of the message', async () => {
    const broken = { code: 'SMTP_535', message: expect.stringContaining('check user and password') }
    expect(await send(ports.mail, 'one@mail.example', 'u')).toEqual({ outcome: 'LATER', reason: 'SMTP_535', broken })
  })

  it('ends with the same reason for a server that is no mail server and for no server', async () => {
    const later = { outcome: 'LATER', reason: 'SMTP_UNREACHABLE' }
    expect([await send(ports.closed, 'a@mail.example'), await send(ports.other, 'a@mail.example')]).toEqual([later, later])
  })
})

it('testing a connection returns the same detail for every server, and nothing of its answer', async () => {
  const details = new Set<string>()
  for (const [no, port] of [ports.closed, ports.other, ports.mail].entries()) {
    const input = { idempotencyKey: key(), name: 'm', host: '127.0.0.1', port, user: 'u', password: 'wrong', from: `a${no}@renmai.example` }
    const account = await connectAccount(stand.contextOf(tenant), 'SMTP', input)
    const { isOk, steps } = await testConnection(stand.contextOf(tenant), { accountId: account.id })
    expect([isOk, steps.length]).toEqual([false, 1])
    details.add(steps[0]!.detail)
  }
  expect([...details]).toEqual(['no mail server takes us there: check host, port, user and password'])
})
