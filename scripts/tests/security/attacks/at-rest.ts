import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { describe, expect, it } from 'vitest'
import { SERVICES } from '../../../compose-supergraph.ts'
import { csv } from '../../bad-input/file-rows.ts'
import { eventBody, events, push, signed, wecom } from '../../bad-input/intake-rows.ts'
import { ask, type Stage } from '../../bad-input/row.ts'
import { write } from '../../bad-input/stage.ts'
import { put, start } from './import-rows.ts'
import { select } from './tools.ts'

const mark = newId().slice(-10)
const phoneOf = (no: number) => `137${String(Number.parseInt(mark, 16) + no).slice(-8)}`

/** Values that a reader of the disks searches for. All were sent to the platform, which stores them sealed or hashed. */
const PEOPLE = {
  'phone of an event': phoneOf(1),
  'e-mail address of an event': `event.${mark}@mail.example`,
  'phone of an order': phoneOf(2),
  'e-mail address of an order': `order.${mark}@mail.example`,
  'customer id that is an e-mail address': `member.${mark}@mail.example`,
  'name in an order': `王${mark}`,
  'phone in a rejected row': phoneOf(3),
  'e-mail address in a rejected row': `rejected.${mark}@mail.example`,
  'customer id in a rejected row': `refused.${mark}@mail.example`,
  'name in a rejected row': `李${mark}`,
  'name in a torn row': `张${mark}`,
  'what a person writes': `help ${mark}`,
  'code of a welcome': `welcome-${mark}`,
  'phone of a buyer': phoneOf(4),
}
const SECRETS = {
  'secret of an app': `corp-${mark}`,
  'token of a callback': `tok${mark}`,
  'AES key of a callback': `aes${mark}`.padEnd(43, 'z'),
  'secret of a shop': `shop-${mark}`,
  'password of a mail server': `mail-${mark}`,
  'secret of an endpoint': Buffer.from(`endpoint-secret-${mark}`.padEnd(32, 'x')).toString('base64'),
}

async function connectAll({ whole, key }: Stage): Promise<void> {
  const send = (field: string, selection: string, input: object) =>
    write(whole, key, field, `${field[0]!.toUpperCase()}${field.slice(1)}Input`, selection, { name: mark, ...input })
  const { 'secret of an app': secret, 'token of a callback': token, 'AES key of a callback': encodingAesKey } = SECRETS
  await send('connectWecom', 'account { id }', { corpId: `ww${mark}`, agentId: 1, secret, token, encodingAesKey })
  await send('connectYouzan', 'account { id }', { kdtId: '4711', clientId: 'c', clientSecret: SECRETS['secret of a shop'] })
  const mailbox = { host: '127.0.0.1', port: whole.client.endpoints.smtpPort, from: `from.${mark}@mail.example` }
  await send('connectSmtp', 'account { id }', { ...mailbox, user: 'u', password: SECRETS['password of a mail server'] })
  await write(whole, key, 'createWebhookEndpoint', 'CreateWebhookEndpointInput', 'endpoint { id }', {
    url: 'http://127.0.0.1:1024/hook',
    document: 'subscription { customerChanged { id } }',
    secret: `whsec_${SECRETS['secret of an endpoint']}`,
  })
}

async function sendOrders(s: Stage): Promise<void> {
  const line = (no: string, quantity: string, member: string, phone: string, email: string, name: string) =>
    `${no}${mark},a,A,${quantity},2026-01-01 10:00:00,9.90,${member},${phone},${email},${name}`
  const good = line(
    'G',
    '1',
    PEOPLE['customer id that is an e-mail address'],
    PEOPLE['phone of an order'],
    PEOPLE['e-mail address of an order'],
    PEOPLE['name in an order'],
  )
  const { 'customer id in a rejected row': member, 'phone in a rejected row': phone, 'name in a rejected row': name } = PEOPLE
  const bad = line('B', 'x', member, phone, PEOPLE['e-mail address in a rejected row'], name)
  const file = csv(good, bad)
  expect((await put(s, (await start(s, file)).uploadPath, file)).status).toBe(200)
  const torn = csv(line('T', '1', '', '', '', `"${PEOPLE['name in a torn row']}`))
  expect((await put(s, (await start(s, torn)).uploadPath, torn)).status).toBe(200)
}

async function sendAll(s: Stage): Promise<void> {
  const identifiers = [
    { namespace: 'phone', value: PEOPLE['phone of an event'] },
    { namespace: 'email', value: PEOPLE['e-mail address of an event'] },
  ]
  expect((await events(s, eventBody({ identifiers }))).text).toContain('"accepted":1')
  await sendOrders(s)
  const [at, from] = [`<CreateTime>${Math.floor(Date.now() / 1_000)}</CreateTime>`, `<FromUserName>wm${mark}</FromUserName>`]
  const said = `<xml>${at}${from}<MsgType>text</MsgType><MsgId>${mark}</MsgId><Content>${PEOPLE['what a person writes']}</Content></xml>`
  const change = `<Event>change_external_contact</Event><ChangeType>add_external_contact</ChangeType><ExternalUserID>wm${mark}</ExternalUserID>`
  const added = `<xml>${at}<MsgType>event</MsgType>${change}<UserID>u</UserID><WelcomeCode>${PEOPLE['code of a welcome']}</WelcomeCode></xml>`
  for (const message of [said, added]) expect((await wecom(s, s.paths.wecom, { message })).status).toBe(200)
  const order = { order_info: { tid: mark }, buyer_info: { yz_open_id: mark, buyer_phone: PEOPLE['phone of a buyer'] } }
  const msg = encodeURIComponent(JSON.stringify({ full_order_info: order }))
  const sign = createHash('md5').update(`demo${msg}a-client-secret`).digest('hex')
  expect((await push(s, s.paths.youzan, signed({ msg, sign }))).status).toBe(200)
}

/** From then on each profile that changes is read for comparison. */
const startMatching = ({ whole }: Stage) =>
  whole.client.query('mutation Train($key: String!) { trainMatchModel(input: { idempotencyKey: $key }) { job { id } } }', { key: newId() })

/** Every row as text, with bytes in hex, so that all columns of all types are searched. */
async function inDatabase(s: Stage, database: string, needles: Record<string, string>): Promise<string[]> {
  const tables = await select<{ name: string }>(
    s,
    database,
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`,
  )
  const found: string[] = []
  for (const { name } of tables) {
    const rows = await select<{ what: string }>(
      s,
      database,
      `SELECT DISTINCT n.what FROM ${name} t, unnest($1::text[], $2::text[], $3::text[]) AS n(what, text, hex), to_jsonb(t) AS j
       WHERE position(n.text in j::text) > 0 OR position(n.hex in j::text) > 0`,
      [Object.keys(needles), Object.values(needles), Object.values(needles).map((text) => Buffer.from(text).toString('hex'))],
    )
    found.push(...rows.map(({ what }) => `${what} in ${database}.${name}`))
  }
  return found
}

const filesBelow = (path: string) =>
  existsSync(path)
    ? readdirSync(path, { recursive: true, withFileTypes: true }).flatMap((one) => (one.isFile() ? [`${one.parentPath}/${one.name}`] : []))
    : []

function inFiles({ whole }: Stage, needles: Record<string, string>): string[] {
  // The simulator of the outside platforms logs the requests that it receives.
  const files = ['logs', 'nats/jetstream']
    .flatMap((part) => filesBelow(`${whole.folder}/${part}`))
    .filter((path) => !/(simulator|issuer)\.log$/.test(path))
  expect(files.length).toBeGreaterThan(SERVICES.length)
  return files.flatMap((path) => {
    const bytes = readFileSync(path)
    return Object.entries(needles).flatMap(([what, text]) =>
      bytes.includes(text) ? [`${what} in ${path.slice(whole.folder.length)}`] : [],
    )
  })
}

/** An attacker with the disks, dumps or backups, and without a key. */
export function describeAtRest(at: () => Stage): void {
  describe('at rest', () => {
    it('personal data and secrets are in no column, bus file or log in the clear', async () => {
      const s = at()
      await connectAll(s)
      await startMatching(s)
      await sendAll(s)
      const known = async (value: string) =>
        (await ask(s, `{ customerByIdentifier(namespace: "email", value: "${value}") { displayName } }`)).text
      await eventually(async () => expect(await known(PEOPLE['e-mail address of an order'])).toContain(PEOPLE['name in an order']))
      await eventually(async () => expect(await known(PEOPLE['e-mail address of an event'])).toContain('displayName'))
      // What profiles are compared by is stored once more, in another form.
      await eventually(async () => expect(await select(s, 'identity', 'SELECT key FROM match_keys LIMIT 1')).not.toEqual([]))
      const needles = { ...PEOPLE, ...SECRETS, 'secret of a source': s.source.secret.slice(6), 'API key': s.key.split('_')[4]! }
      expect(Object.values(needles).filter((text) => text.length < 10)).toEqual([])
      const found = await Promise.all(SERVICES.map((name) => inDatabase(s, name, needles)))
      expect([...found.flat(), ...inFiles(s, needles)]).toEqual([])
      // The search finds a value that is not secret.
      expect(await inDatabase(s, 'engagement', { mark: `G${mark}` })).not.toEqual([])
    })
  })
}
