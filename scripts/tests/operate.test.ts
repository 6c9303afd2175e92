import { execFile } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ALERTS } from '../charts/alerts.ts'
import { renderDashboard } from '../charts/dashboards.ts'
import { ROOT } from '../stack/paths.ts'
import { readSpans, type Seen } from './read-spans.ts'
import { startWhole, type Whole } from './whole.ts'

const spans: Seen[] = []
const collector = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => void chunks.push(chunk))
  request.on('end', () => {
    spans.push(...readSpans(Buffer.concat(chunks)))
    response.end()
  })
})
let whole: Whole
beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`
  whole = await startWhole({ serviceSettings: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } })
})
afterAll(async () => {
  await whole.stop()
  collector.close()
})

const run = async <T>(query: string, input: object, headers: Record<string, string> = {}): Promise<T> => {
  const answer = await fetch(whole.client.endpoints.graphql, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await whole.client.token()}`, ...headers },
    body: JSON.stringify({ query, variables: { input } }),
  })
  return ((await answer.json()) as { data: T }).data
}
const keyed = (input: object) => ({ idempotencyKey: newId(), ...input })

/** A person with one touchpoint, and a tag for them. */
async function meet(): Promise<{ profileId: string; tagId: string }> {
  const { createEventSource } = await run<{ createEventSource: { account: { id: string } } }>(
    'mutation S($input: CreateEventSourceInput!) { createEventSource(input: $input) { account { id } } }',
    keyed({ name: 'traced', channel: 'WEB' }),
  )
  const event = {
    messageId: '1',
    type: 'page_view',
    occurredAt: new Date().toISOString(),
    identifiers: [{ namespace: 'login', value: 'li' }],
  }
  await run('mutation I($input: IngestEventsInput!) { ingestEvents(input: $input) { accepted } }', {
    accountId: createEventSource.account.id,
    events: [event],
  })
  const { createTagGroup } = await run<{ createTagGroup: { group: { id: string } } }>(
    'mutation G($input: CreateTagGroupInput!) { createTagGroup(input: $input) { group { id } } }',
    keyed({ name: 'traced' }),
  )
  const { createTag } = await run<{ createTag: { tag: { id: string } } }>(
    'mutation T($input: CreateTagInput!) { createTag(input: $input) { tag { id } } }',
    keyed({ groupId: createTagGroup.group.id, name: 'traced' }),
  )
  const profileId = await eventually(async () => {
    const { customers } = await whole.client.query<{ customers: { nodes: { profiles: { nodes: { id: string }[] } }[] } }>(
      '{ customers { nodes { profiles { nodes { id } } } } }',
    )
    expect(customers.nodes).toHaveLength(1)
    return customers.nodes[0]!.profiles.nodes[0]!.id
  })
  return { profileId, tagId: createTag.tag.id }
}

it('one trace follows what is done to a customer through the gateway, the service, its database and NATS to the consumer', async () => {
  const { profileId, tagId } = await meet()
  const traceId = newId().replaceAll('-', '')
  await run(
    'mutation P($input: TagProfilesInput!) { tagProfiles(input: $input) { changed } }',
    keyed({ tagId, target: { profileIds: [profileId] } }),
    {
      traceparent: `00-${traceId}-${'1'.repeat(16)}-01`,
    },
  )
  const named = (service: string) => spans.filter((one) => one.traceId === traceId && one.service === service).map(({ name }) => name)
  const heard = [expect.stringMatching(/^consume /), 'sql.transaction']
  await eventually(() => {
    expect(named('gateway')).toEqual(expect.arrayContaining(['graphql', 'fetch identity']))
    expect(named('identity')).toEqual(expect.arrayContaining(['graphql identity', 'sql.transaction']))
    for (const service of ['campaign', 'compliance']) expect(named(service), service).toEqual(expect.arrayContaining(heard))
  })
})

describe('the commands that the chart runs beside the parts', () => {
  it.each(['identity', 'compliance'])('%s declares its stream, also when it is there', async (service) => {
    expect(await whole.platform.command(service, 'declare')).toContain(`the stream ${service} is declared, on 1 server(s)`)
  })

  it('`helm test` sees that strangers are refused and a client is answered, and fails where no server answers', async () => {
    const { createApiClient } = await run<{ createApiClient: { key: string } }>(
      'mutation C($input: CreateApiClientInput!) { createApiClient(input: $input) { key } }',
      keyed({ name: 'helm test', scopes: ['customers:read'] }),
    )
    const file = `${whole.folder}/API_KEY`
    writeFileSync(file, `${createApiClient.key}\n`)
    const source = readFileSync(`${ROOT}charts/renmai/test.js`, 'utf8')
    const test = async (env: NodeJS.ProcessEnv) =>
      promisify(execFile)(process.execPath, ['-e', source], { env }).catch((error: { stdout: string }) => error)
    const GATEWAY = new URL(whole.client.endpoints.graphql).origin
    expect((await test({ GATEWAY, API_KEY_FILE: file })).stdout.match(/^✓/gm)).toHaveLength(3)
    expect((await test({ GATEWAY })).stdout.match(/^✓/gm)).toHaveLength(2)
    writeFileSync(file, 'rm_wrong')
    expect((await test({ GATEWAY, API_KEY_FILE: file })).stdout).toContain('✗ a client of the tenant is answered')
    expect(await test({ GATEWAY: 'http://127.0.0.1:1' })).toMatchObject({ code: 1 })
  })
})

describe('metrics', () => {
  /** Endings of names in Prometheus, by the kind of the instrument. */
  const ENDINGS: Record<string, readonly string[]> = {
    Counter: ['_total'],
    Histogram: ['_bucket', '_count', '_sum'],
    Gauge: [''],
    UpDownCounter: [''],
  }
  const sources = globSync(['services/*/src/**/*.ts', 'gateway/src/**/*.ts'], { cwd: ROOT, exclude: ['**/*.test.ts'] }).map((file) =>
    readFileSync(`${ROOT}${file}`, 'utf8'),
  )
  const instruments = sources.flatMap((source) =>
    [...source.matchAll(/\.create(Counter|Histogram|Gauge|UpDownCounter)\(\s*'(renmai_\w+)'/g)].map(([, kind, name]) => ({
      kind: kind!,
      name: name!,
    })),
  )
  const exported = new Set(instruments.flatMap(({ kind, name }) => ENDINGS[kind]!.map((ending) => `${name}${ending}`)))
  const namesIn = (text: string) => [...new Set(text.match(/\brenmai_\w+/g) ?? [])]

  it.each(ALERTS.map(({ name }) => name))('that %s reads exist', (name) => {
    const { expr } = ALERTS.find((one) => one.name === name)!
    expect(namesIn(expr).filter((one) => !exported.has(one))).toEqual([])
  })

  it('that the dashboard shows exist: the four signals and our own', () => {
    const shown = namesIn(JSON.stringify(renderDashboard()))
    expect(shown.filter((one) => !exported.has(one))).toEqual([])
    expect(shown.length).toBeGreaterThan(15)
  })

  it('are not reachable by callers', async () => {
    const { services, graphql, intake, metrics } = whole.client.endpoints
    expect(Object.keys(metrics)).toHaveLength(6)
    for (const url of [...Object.values(services), new URL(graphql).origin, intake]) {
      const answer = await fetch(`${url}/metrics`)
      expect([answer.status, await answer.text()], url).toEqual([404, expect.not.stringContaining('renmai_')])
    }
  })

  it('are named as they are read, and every part reports its traffic and its delays', async () => {
    await whole.client.query(
      '{ customers { totalCount } orders { totalCount } segments { totalCount } bulkOperations { totalCount } sendDecisions { totalCount } }',
    )
    const seen = new Set<string>()
    for (const [part, url] of Object.entries(whole.client.endpoints.metrics)) {
      await eventually(async () => {
        const told = namesIn(await (await fetch(url)).text())
        for (const name of told) seen.add(name)
        expect(told, part).toEqual(
          expect.arrayContaining(['renmai_http_request_seconds_bucket', 'renmai_event_loop_delay_seconds', 'renmai_pool_wait_seconds']),
        )
      })
    }
    const types = new Set(instruments.map(({ name }) => name))
    // TYPE lines of histograms carry the bare name.
    expect([...seen].filter((name) => !exported.has(name) && !types.has(name))).toEqual([])
    for (const name of [
      'renmai_outbox_published_total',
      'renmai_outbox_oldest_seconds',
      'renmai_consumer_lag',
      'renmai_answer_seconds_bucket',
      'renmai_events_handled_total',
      'renmai_supergraph_loaded',
    ])
      expect(seen, name).toContain(name)
  })
})
