import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { newId } from '@renmai/platform/serve/ids'
import { makeFolder } from '@renmai/platform/testing/folder'
import pg from 'pg'
import { request } from 'undici'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Client, createClient } from '../../client.ts'
import { SERVICES } from '../../compose-supergraph.ts'
import { CSV_MAPPING } from '../../demo/people.ts'
import { STEPS } from '../../demo/steps.ts'
import { CORP, createStory, type Story } from '../../demo/story.ts'
import { importFile } from '../../import-file.ts'
import { signEvents } from '../../sign-events.ts'
import { type Platform, startPlatform } from '../../stack/platform.ts'
import { createSecrets } from '../../stack/secrets.ts'

const folder = makeFolder('canary')
const traces: Buffer[] = []
const collector = createServer((incoming, response) => {
  incoming.on('data', (chunk: Buffer) => void traces.push(chunk))
  incoming.on('end', () => response.end())
})
let platform: Platform
let client: Client
let story: Story
let key = ''
let eventSecret = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  const secrets = createSecrets(newId())
  const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`, LOG_LEVEL: 'debug' }
  const options = {
    folder: folder.path,
    logs: `${folder.path}/logs`,
    secrets,
    tell: () => undefined,
    graphiql: false,
    serviceSettings: traced,
  }
  platform = await startPlatform({ ...options, postgresSettings: ['fsync=off', 'synchronous_commit=off'] })
  client = createClient(platform.endpoints, secrets)
  story = createStory(client, secrets, new Date())
})
afterAll(async () => {
  await platform?.stop()
  collector.close()
  folder.remove()
})

/** Values that must never appear outside of their sealed place: data of the demo's main customer, and every secret. */
function canaries(): Record<string, string> {
  const { hero, secrets } = story
  const {
    tenantId,
    loginClientId: _login,
    rolePasswords,
    busPasswords,
    keyRing,
    internalSecrets,
    oauthPrivateKeys,
    auditPrivateKey,
    ...rest
  } = secrets
  const parts = {
    ...rest,
    ...rolePasswords,
    ...busPasswords,
    ...Object.fromEntries(Object.entries(internalSecrets).map(([name, value]) => [`internal secret of ${name}`, value])),
    ...Object.fromEntries(
      Object.entries((JSON.parse(keyRing) as { keys: Record<string, string> }).keys).map(([no, value]) => [`key ${no}`, value]),
    ),
    'OAuth key': (JSON.parse(oauthPrivateKeys) as { keys: { d: string }[] }).keys[0]!.d,
    'audit key': (JSON.parse(auditPrivateKey) as { d: string }).d,
    'WeCom AES key': CORP.encodingAesKey,
    'WeCom secret': `wecom-${tenantId.slice(0, 8)}-secret`,
    'Youzan secret': `youzan-${tenantId.slice(0, 8)}-secret`,
    'event secret': eventSecret.replace('whsec_', ''),
    'API key': key.split('_')[4]!,
    phone: hero.phone.replace('+86', ''),
    email: hero.email,
    name: hero.name,
  }
  return parts
}

const FILE_HEADER = 'order_no,sku,title,quantity,time,price,member,phone,email,name'

/** Sends personal data and secrets in wrong places, and stops parts while such data is under way. */
async function provoke(): Promise<string[]> {
  const answers: string[] = []
  const { hero } = story
  const send = async (url: string, body: string, headers: Record<string, string>) => {
    const answer = await request(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })
    answers.push(await answer.body.text())
  }
  const graphql = (body: object, authorization = `Bearer ${key}`) => send(client.endpoints.graphql, JSON.stringify(body), { authorization })
  await graphql({ query: `{ customer(id: "${hero.phone}" { id }` })
  await graphql({ query: `{ customers(first: "${hero.email}") { nodes { id } } }` })
  await graphql({ query: 'query C($n: Int) { customers(first: $n) { nodes { id } } }', variables: { n: hero.phone } })
  await graphql({ query: `{ ${hero.email.replace(/\W/g, '_')} }`, variables: { secret: CORP.encodingAesKey } })
  await graphql({ query: '{ tenant { id } }' }, `Bearer ${key.slice(0, -1)}`)
  await graphql({
    query: 'mutation T($input: CreateTagGroupInput!) { createTagGroup(input: $input) { group { id } } }',
    variables: { input: { idempotencyKey: newId(), name: hero.email.repeat(20) } },
  })
  const { account, secret } = (
    await client.query<{ createEventSource: { account: { id: string; callbackPath: string }; secret: string } }>(
      'mutation S($input: CreateEventSourceInput!) { createEventSource(input: $input) { account { id callbackPath } secret } }',
      { input: { idempotencyKey: newId(), name: 'canary', channel: 'WEB' } },
    )
  ).createEventSource
  const events = (value: string) =>
    JSON.stringify({
      events: [
        {
          messageId: newId(),
          type: 'page_view',
          occurredAt: new Date().toISOString(),
          identifiers: [{ namespace: 'phone', value }],
          properties: [{ key: 'note', value: hero.email }],
        },
      ],
    })
  const lines = [FILE_HEADER, `1,s,t,x,2026-01-01 10:00:00,1,${hero.email},${hero.phone},${hero.email},${hero.name}`]
  const options = { accountId: account.id, mapping: CSV_MAPPING, currency: 'CNY', zone: 'Asia/Shanghai' }
  const { rejectedRows } = await importFile(client, 'rejected.csv', Buffer.from(lines.join('\n')), options)
  expect(rejectedRows).toBe(1)
  const torn = [...lines, `2,s,t,1,2026-01-01 10:00:00,1,c,,,${hero.name}"x`].join('\n')
  await importFile(client, 'torn.csv', Buffer.from(torn), options).catch((error: Error) => answers.push(`{"error":"${error.message}"}`))
  eventSecret = secret
  const intake = client.endpoints.intake + account.callbackPath
  for (const body of [events(hero.phone), events(`${hero.phone}x`), `${events(hero.phone)}}`])
    await send(intake, body, signEvents(secret, newId(), body, new Date()))
  await send(intake, events(hero.phone), { 'webhook-signature': `v1,${secret}` })
  const identity = platform.children.find((child) => child.name === 'identity')!.process
  const postgres = platform.children.find((child) => child.name === 'postgres')!.process
  for (const frozen of [identity, postgres]) {
    frozen.kill('SIGSTOP')
    const body = events(hero.phone)
    await Promise.all([
      send(intake, body, signEvents(secret, newId(), body, new Date())),
      graphql({ query: `{ customerByIdentifier(namespace: "phone", value: "${hero.phone}") { id displayName } }` }),
    ])
    frozen.kill('SIGCONT')
  }
  return answers
}

const filesBelow = (path: string): string[] =>
  existsSync(path)
    ? readdirSync(path, { recursive: true, withFileTypes: true }).flatMap((entry) =>
        entry.isFile() ? [`${entry.parentPath}/${entry.name}`] : [],
      )
    : []

/** All outputs of the platform beside its tables: logs, the bus, queued and dead events, metrics, traces. */
async function outlets(): Promise<Record<string, Buffer>> {
  const found: Record<string, Buffer> = { traces: Buffer.concat(traces) }
  const outside = ['simulator.log', 'issuer.log']
  for (const file of [...filesBelow(`${folder.path}/logs`), ...filesBelow(`${folder.path}/nats/jetstream`)])
    if (!outside.some((name) => file.endsWith(name))) found[file.slice(folder.path.length)] = readFileSync(file)
  for (const [name, url] of Object.entries(client.endpoints.metrics))
    found[`metrics of ${name}`] = Buffer.from(await (await fetch(url)).text())
  for (const name of SERVICES) {
    const connection = new pg.Client({ connectionString: Object.assign(new URL(client.endpoints.postgres), { pathname: `/${name}` }).href })
    await connection.connect()
    const { rows: events } = await connection.query<{ payload: Buffer }>(
      'SELECT payload FROM outbox UNION ALL SELECT payload FROM dead_letters',
    )
    const { rows: letters } = await connection.query<{ text: string }>("SELECT concat_ws(' ', subject, error) AS text FROM dead_letters")
    if (name === 'engagement') {
      const { rows } = await connection.query<{ text: string }>('SELECT row_to_json(e)::text AS text FROM import_errors e')
      found['rejected rows'] = Buffer.from(rows.map((row) => row.text).join('\n'))
    }
    await connection.end()
    found[`events of ${name}`] = Buffer.concat([
      ...events.map((row) => row.payload),
      Buffer.from(letters.map((row) => row.text).join('\n')),
    ])
  }
  return found
}

it('secrets and personal data go through every path and are seen in no log, event, trace, metric or error', async () => {
  for (const step of STEPS) await step.run(story)
  const made = await client.query<{ createApiClient: { key: string } }>(
    'mutation C($input: CreateApiClientInput!) { createApiClient(input: $input) { key } }',
    {
      input: { idempotencyKey: newId(), name: 'canary', kind: 'OWN', scopes: ['customers:read', 'customers:write'] },
    },
  )
  key = made.createApiClient.key
  const answers = await provoke()
  const seen: Record<string, Buffer> = {
    ...(await outlets()),
    errors: Buffer.from(answers.filter((text) => /"errors?"/.test(text)).join('\n')),
  }
  // Spans leave in batches; a process that ends sends its last ones.
  for (const child of platform.children.filter(({ name }) => [...SERVICES, 'gateway'].includes(name))) await child.stop()
  seen.traces = Buffer.concat(traces)
  const leaks = Object.entries(canaries()).flatMap(([what, value]) =>
    Object.entries(seen).flatMap(([where, bytes]) => {
      const at = bytes.indexOf(value)
      return at < 0 ? [] : [`${what} in ${where}: ${bytes.subarray(Math.max(0, at - 120), at + value.length + 20).toString()}`]
    }),
  )
  expect(leaks).toEqual([])
  // The canaries did pass through, and the outputs were not empty.
  expect(Object.values(canaries()).every((value) => value.length >= 3)).toBe(true)
  expect(Object.keys(canaries()).length).toBeGreaterThan(25)
  const { deliveries } = (await client.simulate('deliveries')) as { deliveries: { to: string }[] }
  expect(deliveries.map((one) => one.to)).toContain(story.hero.externalUserId)
  expect(seen.traces!.length).toBeGreaterThan(100_000)
  expect(answers.filter((text) => /"errors?"/.test(text)).length).toBeGreaterThan(6)
  for (const name of SERVICES) expect(seen[`/logs/${name}.log`]?.length).toBeGreaterThan(100)
})
