import { readGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { createSigner, signViewer } from '@renmai/platform/serve/viewer'
import { ALL_SCOPES } from '@renmai/platform/testing/viewers'
import { Pool } from 'undici'
import { CSV_MAPPING, createPeople, toCsv } from '../demo/people.ts'
import { importFile } from '../import-file.ts'
import { openStage, percentile, type Stage, say } from './stage.ts'

const WHOLE = { customers: 400, requests: 1_500 }
const WARM = 100
const CONNECTIONS = 4

const PARTS: Record<string, string> = {
  identity: 'displayName profiles { nodes { source } } attributes { key value } tags { nodes { name } }',
  engagement:
    'orders { nodes { orderNo state total { amount currency } } } orderSummary { paidOrders netPaid { amount } } touchpoints { nodes { type channel } } messages { nodes { state } }',
  campaign: 'segments { nodes { name } } journeyEntries { nodes { nodeId } } coupons { nodes { state } }',
  analytics: 'rfm { label recency frequency }',
  compliance: 'effectiveConsents { purpose channel isAllowed }',
}

/**
 * Compares a query of one customer over five services through the gateway with a call of the slowest subgraph for its own
 * part. Every request is for another customer.
 */
export async function query(): Promise<object> {
  const stage = await openStage([])
  try {
    return await measureQuery(stage, WHOLE)
  } finally {
    await stage.close()
  }
}

export async function measureQuery(stage: Stage, { customers, requests }: typeof WHOLE): Promise<object> {
  const ids = await fill(stage, customers)
  const direct: Record<string, Times> = {}
  for (const name of Object.keys(PARTS)) {
    direct[name] = await measure(await subgraphCall(stage, name), ids, requests)
    say(`${name.padEnd(11)} p50 ${direct[name].p50.toFixed(1)} ms, p99 ${direct[name].p99.toFixed(1)} ms`)
  }
  const gateway = await measure(await gatewayCall(stage), ids, requests)
  say(`gateway     p50 ${gateway.p50.toFixed(1)} ms, p99 ${gateway.p99.toFixed(1)} ms, ${Math.round(gateway.perSecond)} requests/s`)
  const [slowest, times] = Object.entries(direct).toSorted(([, a], [, b]) => b.p50 - a.p50)[0]!
  return {
    unit: 'ms p50',
    value: Number(gateway.p50.toFixed(2)),
    p99: Number(gateway.p99.toFixed(2)),
    limit: `slowest subgraph alone (${slowest})`,
    limitValue: Number(times.p50.toFixed(2)),
    ratio: Number((gateway.p50 / times.p50).toFixed(2)),
    requestsPerSecond: Math.round(gateway.perSecond),
  }
}

async function fill({ client }: Stage, people: number): Promise<string[]> {
  const { createEventSource } = await client.query<{ createEventSource: { account: { id: string } } }>(
    'mutation S($input: CreateEventSourceInput!) { createEventSource(input: $input) { account { id } } }',
    { input: { idempotencyKey: newId(), name: 'bench', channel: 'STORE' } },
  )
  await importFile(client, 'bench.csv', Buffer.from(toCsv(createPeople(people, 7), new Date())), {
    accountId: createEventSource.account.id,
    mapping: CSV_MAPPING,
    currency: 'CNY',
    zone: 'Asia/Shanghai',
  })
  const ids: string[] = []
  for (let after: string | null = null; ; ) {
    const { customers }: { customers: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } } =
      await client.query(
        'query C($after: String) { customers(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }',
        { after },
      )
    ids.push(...customers.nodes.map((node) => node.id))
    if (!customers.pageInfo.hasNextPage) return ids
    after = customers.pageInfo.endCursor
  }
}

type Call = (id: string) => Promise<void>
type Times = { p50: number; p99: number; perSecond: number }

async function measure(call: Call, ids: string[], requests: number): Promise<Times> {
  for (const id of ids.slice(0, WARM)) await call(id)
  const times: number[] = []
  let next = 0
  const began = performance.now()
  const client = async () => {
    while (next < requests) {
      const started = performance.now()
      await call(ids[next++ % ids.length]!)
      times.push(performance.now() - started)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, client))
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), perSecond: times.length / ((performance.now() - began) / 1_000) }
}

function caller(origin: string, tokenFor: (body: string) => Promise<string>, question: (id: string) => object): Call {
  const pool = new Pool(origin, { connections: CONNECTIONS })
  return async (id) => {
    const body = JSON.stringify(question(id))
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await tokenFor(body)}` }
    const answer = await pool.request({ path: '/graphql', method: 'POST', headers, body })
    const { errors } = (await answer.body.json()) as { errors?: { message: string }[] }
    if (errors) throw new Error(errors[0]!.message)
  }
}

async function gatewayCall({ client }: Stage): Promise<Call> {
  const document = `query C($id: ID!) { customer(id: $id) { id ${Object.values(PARTS).join(' ')} } }`
  return caller(new URL(client.endpoints.graphql).origin, client.token, (id) => ({ query: document, variables: { id } }))
}

/** A call of one service for its part, as the gateway makes it. */
async function subgraphCall({ platform, tenantId }: Stage, name: string): Promise<Call> {
  const viewer = { kind: 'STAFF' as const, id: newId(), tenantId, scopes: new Set(ALL_SCOPES) }
  const signingKey = createSigner(platform.secrets.internalSecrets[name]!)
  const document = `query E($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { ${PARTS[name]} } } }`
  const tokenFor = async (body: string) => signViewer(signingKey, viewer, name, body, new Date())
  return caller(platform.endpoints.services[name]!, tokenFor, (id) => ({
    query: document,
    variables: { r: [{ __typename: 'Customer', id: readGlobalId(id)!.id }] },
  }))
}
