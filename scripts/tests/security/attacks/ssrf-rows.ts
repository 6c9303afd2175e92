import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { type Answered, ask, type Row, type Stage, write } from '../../bad-input/row.ts'
import { write as make } from '../../bad-input/stage.ts'
import { read } from './tools.ts'

const MAIL = 587
const REFUSED = { status: [200, 400], code: /^BAD_USER_INPUT$/ }
const DOCUMENT = 'subscription { customerChanged { id } }'

/** Hosts with inside addresses, in spellings that some clients read as an address. */
const HOSTS = [
  '127.0.0.2',
  '127.1',
  '2130706434',
  '0x7f000002',
  '0177.0.0.2',
  '127.0.0.2.',
  '①②⑦.0.0.2',
  '127。0。0。2',
  '0',
  '0.0.0.0',
  '10.0.0.5',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '169.254.169.254',
  '100.100.100.200',
  '168.63.129.16',
  '161.26.0.10',
  '::1',
  '[::1]',
  '::',
  '::ffff:10.0.0.5',
  '::ffff:a00:5',
  '::127.0.0.2',
  '64:ff9b::a00:5',
  '2002:a00:5::',
  'fd00::1',
  'fe80::1',
  '2001:db8::1',
  'fec0::1',
  'ff02::1',
  '192.0.2.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '240.0.0.1',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'a.localhost',
  'nats',
  'postgres',
  'metadata.google.internal',
  'x.svc.cluster.local',
]

/** Hosts that are not valid: one parser reads as the host what another reads as path or user. */
const TRICKS = ['user@93.184.215.14', '93.184.215.14@127.0.0.2', '93.184.215.14/x', '93.184.215.14#@127.0.0.2', '93.184.215.14:25']
const MORE_TRICKS = ['a b.example.com', '93.184.215.14\r\nx', 'mail.example.com\u0000.internal', '%31%32%37.0.0.2', '[::1%25lo]']

const mail = (s: Stage, host: string, port = MAIL) =>
  write(s, 'connectSmtp', 'ConnectSmtpInput', { name: 'm', host, port, from: 'x@mail.example' })

const tell = (s: Stage, url: string) => write(s, 'createWebhookEndpoint', 'CreateWebhookEndpointInput', { url, document: DOCUMENT })

const inUrl = (host: string) => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host)

const URLS = [
  'http://93.184.215.14/',
  'http://93.184.215.14:8080/',
  'https://93.184.215.14:8443/',
  'https://93.184.215.14:22/',
  'https://user:password@93.184.215.14/',
  'https://93.184.215.14@127.0.0.2/',
  'https://93.184.215.14/#@127.0.0.2',
  'https:/\\127.0.0.2/',
  'ftp://93.184.215.14/',
  'file:///etc/passwd',
  'gopher://93.184.215.14:4222/',
  'data:text/plain,x',
  'javascript:alert(1)',
  'unix:/run/x',
  'http://127.0.0.1:80/',
  'http://127.0.0.1:1023/',
  'https://127.0.0.1/',
  '//93.184.215.14/',
  'https://',
  'not a url',
  'http://localhost:8080/',
  'http://127.0.0.2:8080/',
  'http://[::1]:8080/',
  'http://[::ffff:127.0.0.2]:8080/',
  'http://0.0.0.0:8080/',
]

/** Numbers rows in the order of a list. */
const rowsOf = (from: number, list: string[], what: string, send: (s: Stage, one: string) => Promise<Answered>): Row[] =>
  list.map((one, no) => ({ id: `ssrf ${from + no}`, what: `${what} ${JSON.stringify(one)}`, send: (s) => send(s, one), ...REFUSED }))

/** A server on an inside address whose banner must not reach the caller. */
async function speaker(text: string): Promise<{ port: number; stop: () => void }> {
  const server = createServer((socket) => void socket.on('error', () => undefined).end(text))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, stop: () => server.close() }
}

const TEST = 'mutation T($input: TestConnectionInput!) { testConnection(input: $input) { isOk steps { isOk detail } } }'

/** Mail may go to one inside address, the mailbox of the stack; the others are not reached. */
async function testMailbox(s: Stage, more: object): Promise<Answered> {
  const input = { name: 'm', host: '127.0.0.1', port: s.whole.client.endpoints.smtpPort, from: 'x@mail.example', ...more }
  const { account } = await make<{ account: { id: string } }>(s.whole, s.key, 'connectSmtp', 'ConnectSmtpInput', 'account { id }', input)
  return read(await ask(s, TEST, { input: { accountId: account.id } }))
}

export const ssrfRows: Row[] = [
  ...rowsOf(101, [...HOSTS, ...TRICKS, ...MORE_TRICKS], 'a mail server at', (s, host) => mail(s, host)),
  ...rowsOf(201, HOSTS, 'a webhook to the host', (s, host) => tell(s, `https://${inUrl(host)}/hook`)),
  ...rowsOf(301, URLS, 'a webhook to', tell),
  ...[22, 80, 443, 4222, 5432].map(
    (port): Row => ({
      id: `ssrf ${400 + port}`,
      what: `a mail server at port ${port} of a public host`,
      send: (s) => mail(s, '93.184.215.14', port),
      ...REFUSED,
    }),
  ),
  {
    id: 'ssrf 1',
    what: 'a mail server at a port inside where something else speaks, which is not meant for mail',
    send: async (s) => {
      const { port, stop } = await speaker('INFO {"server_id":"secret"}\r\n')
      try {
        return await mail(s, '127.0.0.1', port)
      } finally {
        stop()
      }
    },
    ...REFUSED,
  },
  {
    id: 'ssrf 2',
    what: "a mail server at the bus's port",
    send: (s) => mail(s, '127.0.0.1', portOf(s.whole.client.endpoints.nats)),
    ...REFUSED,
  },
  {
    id: 'ssrf 3',
    what: "a mail server at the database's port",
    send: (s) => mail(s, '127.0.0.1', portOf(s.whole.client.endpoints.postgres)),
    ...REFUSED,
  },
  {
    id: 'ssrf 4',
    what: 'a mailbox that refuses the password, of which nothing is repeated',
    send: (s) => testMailbox(s, { from: 'y@mail.example', user: 'somebody', password: 'wrong' }),
    status: 200,
    code: /^\{"data":\{"testConnection":\{"isOk":false,"steps":\[\{"isOk":false,"detail":"no mail server takes us there: [\w, ]+"\}\]\}\}/,
  },
]

const portOf = (url: string) => Number(new URL(url).port)
