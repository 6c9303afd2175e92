import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@renmai/platform/serve/ids'
import { createSigner, signViewer } from '@renmai/platform/serve/viewer'
import { eventually } from '@renmai/platform/testing/eventually'
import { makeFolder } from '@renmai/platform/testing/folder'
import { freePort } from '@renmai/platform/testing/processes'
import pg from 'pg'
import { Pool } from 'undici'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createProxy, type Proxy } from '../../chaos/proxy.ts'
import { type Client, createClient } from '../../client.ts'
import { SERVICES } from '../../compose-supergraph.ts'
import { importFile } from '../../import-file.ts'
import { signEvents } from '../../sign-events.ts'
import { type Platform, startPlatform } from '../../stack/platform.ts'
import type { Ports } from '../../stack/ports.ts'
import { createSecrets } from '../../stack/secrets.ts'

const BEHIND = [...SERVICES, 'gateway', 'intake'] as const
/** How long a terminating pod still gets new connections, because some senders do not know yet. */
const ENDPOINT_LAG_MS = 400

const balancers = {} as Record<(typeof BEHIND)[number], Proxy>
const folder = makeFolder('rolling')
let platform: Platform
let client: Client
beforeAll(async () => {
  const secrets = createSecrets(newId())
  const behind = async (ports: Ports) => {
    for (const name of BEHIND) balancers[name] = await createProxy(ports[name])
    return { ...ports, ...Object.fromEntries(BEHIND.map((name) => [name, balancers[name].port])) }
  }
  const options = { folder: folder.path, logs: `${folder.path}/logs`, secrets, tell: () => undefined, graphiql: false, behind }
  platform = await startPlatform({ ...options, postgresSettings: ['fsync=off', 'synchronous_commit=off'] })
  client = createClient(platform.endpoints, secrets)
})
afterAll(async () => {
  await platform?.stop()
  for (const balancer of Object.values(balancers)) balancer.close()
  folder.remove()
})

/** Starts the replacement of a part. @returns a function that ends the old one, as a rolling update does when the new one is ready */
async function prepare(name: string, more: NodeJS.ProcessEnv = {}): Promise<() => Promise<void>> {
  const index = platform.children.findIndex((child) => child.name === name)
  const old = platform.children[index]!
  const [port, intake] = [await freePort(), await freePort()]
  const next = await old.again({ PORT: String(port), INTAKE_PORT: String(intake), METRICS_PORT: '0', ...more })
  return async () => {
    platform.children[index] = next
    const ending = sleep(0).then(() => old.stop())
    await sleep(ENDPOINT_LAG_MS)
    balancers[name as 'gateway'].retarget(port)
    if (name === 'engagement') balancers.intake.retarget(intake)
    await ending
  }
}

const roll = async (name: string, more?: NodeJS.ProcessEnv) => (await prepare(name, more))()

async function createSource(channel: string) {
  const { createEventSource } = await client.query<{
    createEventSource: { account: { id: string; callbackPath: string }; secret: string }
  }>('mutation S($input: CreateEventSourceInput!) { createEventSource(input: $input) { account { id callbackPath } secret } }', {
    input: { idempotencyKey: newId(), name: newId(), channel },
  })
  return createEventSource
}

type Done = { answers: number; failures: string[]; overloaded: number; events: number; tags: number }
const nothingDone = (): Done => ({ answers: 0, failures: [], overloaded: 0, events: 0, tags: 0 })

/** The error for a caller that should retry, before any work is done for it: this machine is small, and starts processes. */
const IS_OVERLOADED = /Too many requests; try again/
const AGAIN_MS = 500

/** Callers that send each request once: any failure counts. */
async function load(done: Done, isOver: () => boolean): Promise<void> {
  const { account, secret } = await createSource('WEB')
  const { createTagGroup } = await client.query<{ createTagGroup: { group: { id: string } } }>(
    'mutation G($input: CreateTagGroupInput!) { createTagGroup(input: $input) { group { id } } }',
    { input: { idempotencyKey: newId(), name: newId().slice(-12) } },
  )
  const pool = (url: string) => new Pool(new URL(url).origin, { connections: 4 })
  const [graphql, intake] = [pool(client.endpoints.graphql), pool(client.endpoints.intake)]
  const say = async (where: Pool, path: string, body: string, headers: Record<string, string>, isGood: (text: string) => boolean) => {
    try {
      const answer = await where.request({ path, method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
      const text = await answer.body.text()
      if (answer.statusCode === 200 && isGood(text)) return ++done.answers > 0
      if (IS_OVERLOADED.test(text)) return (done.overloaded++, await sleep(AGAIN_MS), false)
      done.failures.push(`${answer.statusCode} ${text.slice(0, 300)}`)
    } catch (error) {
      done.failures.push(`${path}: ${(error as Error).message}`)
    }
    return false
  }
  const ask = async (query: string, variables: object = {}) =>
    say(
      graphql,
      '/graphql',
      JSON.stringify({ query, variables }),
      { authorization: `Bearer ${await client.token()}` },
      (text) => !text.includes('"errors"'),
    )
  const reader = async () => {
    for (; !isOver(); await sleep(10))
      await ask(
        '{ customers(first: 1) { totalCount } touchpoints(first: 1) { totalCount } segments { nodes { id } } purposes { nodes { key } } latestRfmRun { id } }',
      )
  }
  const writer = async () => {
    for (; !isOver(); await sleep(20)) {
      const input = { idempotencyKey: newId(), groupId: createTagGroup.group.id, name: newId().slice(-20) }
      if (await ask('mutation T($input: CreateTagInput!) { createTag(input: $input) { tag { id } } }', { input })) done.tags++
    }
  }
  const sender = async () => {
    for (; !isOver(); await sleep(20)) {
      const body = JSON.stringify({
        events: [
          {
            messageId: newId(),
            type: 'page_view',
            occurredAt: new Date().toISOString(),
            identifiers: [{ namespace: 'login', value: `p${done.events % 50}` }],
          },
        ],
      })
      const headers = signEvents(secret, newId(), body, new Date())
      if (await say(intake, account.callbackPath, body, headers, (text) => text.includes('"accepted":1'))) done.events++
    }
  }
  await Promise.all([reader(), reader(), writer(), sender(), sender()])
  await Promise.all([graphql.close(), intake.close()])
}

async function count(database: string, sql: string): Promise<number> {
  const connection = new pg.Client({
    connectionString: Object.assign(new URL(client.endpoints.postgres), { pathname: `/${database}` }).href,
  })
  await connection.connect()
  const { rows } = await connection.query<{ n: number }>(sql)
  await connection.end()
  return rows[0]!.n
}

it('every part is replaced under load: no request fails and no event is lost', async () => {
  const done = nothingDone()
  let isOver = false
  const loading = load(done, () => isOver)
  const served = (more: number, before = done.answers) => eventually(() => expect(done.answers).toBeGreaterThan(before + more))
  await served(100)
  for (const name of [...SERVICES, 'gateway']) {
    const before = done.answers
    await roll(name)
    expect(done.answers, `callers were served while ${name} was replaced`).toBeGreaterThan(before)
    await served(20)
  }
  isOver = true
  await loading
  expect([...new Set(done.failures)].slice(0, 5)).toEqual([])
  expect(done.overloaded).toBeLessThan(done.answers / 4)
  expect(Math.min(done.events, done.tags)).toBeGreaterThan(100)
  const heard = async () => [
    await count('engagement', 'SELECT count(*)::int AS n FROM touchpoints'),
    await count('campaign', 'SELECT coalesce(sum(count), 0)::int AS n FROM behaviour_days'),
    await count('analytics', "SELECT count(*)::int AS n FROM events WHERE type = 'page_view'"),
    await count('identity', 'SELECT count(*)::int AS n FROM tags'),
  ]
  await eventually(async () => expect(await heard()).toEqual([done.events, done.events, done.events, done.tags]))
})

it('an import goes on where it was when its service is replaced: every order once', async () => {
  const { account } = await createSource('STORE')
  const replace = await prepare('engagement')
  const orders = 40_000
  const lines = Array.from({ length: orders }, (_, no) => `O${no},sku,Thing,1,2.50,2026-01-01 10:00,c${no % 500}`)
  const importing = importFile(client, 'orders.csv', Buffer.from(['no,sku,title,qty,price,at,who', ...lines].join('\n')), {
    accountId: account.id,
    mapping: { orderNo: 'no', sku: 'sku', title: 'title', quantity: 'qty', unitPrice: 'price', occurredAt: 'at', customerId: 'who' },
    currency: 'CNY',
    zone: 'Asia/Shanghai',
  })
  const stored = () => count('engagement', 'SELECT count(*)::int AS n FROM orders')
  await eventually(async () => expect(await stored()).toBeGreaterThan(0))
  await replace()
  const when = await stored()
  expect(await importing).toMatchObject({ state: 'COMPLETED', orders, rejectedRows: 0 })
  expect(when, 'it was under way when the service ended').toBeLessThan(orders)
  expect(await stored()).toBe(orders)
  expect(await count('engagement', 'SELECT count(*)::int AS n FROM order_lines')).toBe(orders)
})

it('a promise that nobody waits for ends the process with a log entry, and a clean one starts', async () => {
  const broken = 'setTimeout(() => Promise.reject(new Error("nobody waits")), 1000)'
  for (const name of ['compliance', 'gateway']) {
    const child = platform.children.find((one) => one.name === name)!
    const [port, intake] = [await freePort(), await freePort()]
    const more = {
      PORT: String(port),
      INTAKE_PORT: String(intake),
      METRICS_PORT: '0',
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(broken)}`,
    }
    const { process: doomed } = await child.again(more).catch((error: Error) => ({ process: error }))
    const code = doomed instanceof Error ? /ended \((\d+)\)/.exec(doomed.message)?.[1] : String((await once(doomed, 'exit'))[0])
    expect([name, code]).toEqual([name, '1'])
    // The last output of a process is written a moment after its end.
    await eventually(() => expect(readFileSync(`${folder.path}/logs/${name}.log`, 'utf8')).toContain('nobody waits'))
  }
})

// After the others: a part that is restarted now has the old secrets.
it("the gateway's secrets with services are replaced under load: both are valid meanwhile, the old ones are not afterwards", async () => {
  const old = platform.secrets.internalSecrets
  const next = createSecrets(platform.secrets.tenantId).internalSecrets
  const rollServices = (secretsOf: (name: string) => string) =>
    Promise.all(SERVICES.map((name) => roll(name, { INTERNAL_SECRETS: secretsOf(name) })))
  const done = nothingDone()
  let isOver = false
  const loading = load(done, () => isOver)
  await rollServices((name) => `${next[name]},${old[name]}`)
  await roll('gateway', Object.fromEntries(SERVICES.map((name) => [`${name.toUpperCase()}_SECRET`, next[name]])))
  await rollServices((name) => next[name]!)
  isOver = true
  await loading
  expect([...new Set(done.failures)].slice(0, 5)).toEqual([])
  expect(done.overloaded).toBeLessThan(done.answers / 4)
  expect(Math.min(done.events, done.tags)).toBeGreaterThan(20)
  const [viewer, body] = [{ kind: 'STAFF' as const, id: newId(), tenantId: platform.secrets.tenantId, scopes: new Set<string>() }, '{}']
  const token = signViewer(createSigner(old.identity!), viewer, 'identity', body, new Date())
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  expect((await fetch(`${client.endpoints.services.identity}/graphql`, { method: 'POST', headers, body })).status).toBe(401)
})
