import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { makeFolder } from '@renmai/platform/testing/folder'
import { type Child, start } from '@renmai/platform/testing/processes'
import { Pool } from 'undici'
import { type Asking, askAtRate } from './ask-at-rate.ts'
import { startHive } from './gateway/start-hive.ts'
import { openStage, percentile, type Stage, say } from './stage.ts'

const WHOLE = { rounds: 4, seconds: 3, warmSeconds: 2, calmSeconds: 6 }
const CLIENTS = 16
const TICKS_PER_SECOND = 100
/** Duration of a service's part of an operation that queries its database. */
const SERVICE_MS = 4

/** Every request has other variables, so that no gateway can answer two requests with one call. */
const OPERATIONS: Record<string, { query: string; variables: (no: number) => object }> = {
  small: { query: 'query S($id: ID!) { customer(id: $id) { id displayName } }', variables: (no) => ({ id: `c${no}` }) },
  'customer 360': {
    query: `query C($id: ID!) { customer(id: $id) { id displayName profiles { nodes { source } } attributes { key value } tags { nodes { name } }
      orders { nodes { orderNo state total { amount currency } } } orderSummary { paidOrders netPaid { amount } }
      touchpoints { nodes { type channel } } messages { nodes { state } } segments { nodes { name } } journeyEntries { nodes { nodeId } } coupons { nodes { state } }
      rfm { label recency frequency } effectiveConsents { purpose channel isAllowed } } }`,
    variables: (no) => ({ id: `c${no}` }),
  },
  'list of 20': {
    query: `query L($after: String) { customers(first: 20, after: $after) { nodes { id displayName tags { nodes { name } }
      orders { nodes { orderNo state total { amount currency } } } rfm { label recency frequency } } pageInfo { hasNextPage } } }`,
    variables: (no) => ({ after: `c${no}` }),
  },
}

/** All clients send the same query concurrently, and a subgraph is called once for them. Reported apart, since the ratio is better. */
const SHARED = { query: OPERATIONS.small!.query, variables: () => ({ id: 'c0' }) }

type Peer = { name: string; pid: number; ask: (body: string) => Promise<void> }
type Seen = { count: number; cpuSeconds: number; times: number[] }

/**
 * Compares the cost of a request in our gateway (caller, access, cost, signed tokens, tracing) with the stock gateway and
 * Hive's, which do none of that: same supergraph and subgraphs, alternately, in requests per CPU-second of the gateway's process.
 */
export async function gateway(): Promise<object> {
  const stage = await openStage([])
  try {
    return await measureGateway(stage, WHOLE)
  } finally {
    await stage.close()
  }
}

type Extent = typeof WHOLE

/** Leaves the gateway of the stage in front of subgraphs that have ended. */
export async function measureGateway(stage: Stage, extent: Extent): Promise<object> {
  const [children, folder] = [[] as Child[], makeFolder('bench-peers')]
  try {
    const subgraphs = await startPeer('subgraphs', folder.path)
    children.push(subgraphs.child)
    const urls = JSON.parse(subgraphs.told) as Record<string, string>
    const stock = await startPeer('stock', folder.path, JSON.stringify(urls))
    children.push(stock.child)
    await askBehind(stage, urls)
    const hive = await startHive(urls, folder.path)
    children.push(hive.child)
    const nobody = async () => ({})
    const peers = [
      await ourPeer(stage),
      peerOf('stock', stock.child.process.pid!, new URL(stock.told).origin, '/', nobody),
      peerOf('hive', hive.child.process.pid!, hive.url, '/graphql', nobody),
    ]
    const results: Record<string, Awaited<ReturnType<typeof compare>>> = {}
    for (const [name, operation] of Object.entries(OPERATIONS)) results[name] = await compare(name, operation, peers, extent)
    const shared = await compare('shared', SHARED, peers, extent)
    const atHalf = await measureAllCalm(results, stage, urls.identity!, extent)
    const busy = await startPeer('subgraphs', folder.path, String(SERVICE_MS))
    children.push(busy.child)
    const busyUrls = JSON.parse(busy.told) as Record<string, string>
    await askBehind(stage, busyUrls)
    say(`the same with subgraphs that take ${SERVICE_MS} ms`)
    const atHalfOfServices = await measureAllCalm(results, stage, busyUrls.identity!, extent)
    const least = (peer: 'ratio' | 'ratioToHive') => Math.min(...Object.values(results).map((one) => one[peer]))
    const wanted = { limit: 'the stock gateway', wantedAtLeast: 3, hiveWantedAtLeast: 2 }
    return {
      unit: 'requests per CPU-second',
      ...wanted,
      ratio: least('ratio'),
      ratioToHive: least('ratioToHive'),
      operations: results,
      shared,
      atHalf,
      atHalfOfServices,
    }
  } finally {
    for (const child of children) await child.stop()
    folder.remove()
  }
}

/** Starts our gateway again, in front of other subgraphs. */
async function askBehind({ platform }: Stage, urls: Record<string, string>): Promise<void> {
  await platform.restart('gateway', Object.fromEntries(Object.entries(urls).map(([name, url]) => [`${name.toUpperCase()}_URL`, url])))
}

async function measureAllCalm(
  results: Record<string, Awaited<ReturnType<typeof compare>>>,
  stage: Stage,
  subgraph: string,
  { calmSeconds, warmSeconds }: Extent,
): Promise<Record<string, object>> {
  const calm: Record<string, object> = {}
  for (const [name, { query, variables }] of Object.entries(OPERATIONS)) {
    const vary = Object.keys(variables(0))[0]!
    const asking = { query, vary, perSecond: Math.round(results[name]!.ours.perSecond / 2), seconds: calmSeconds }
    calm[name] = await measureCalm(name, asking, stage, { subgraph, warmSeconds })
  }
  return calm
}

/**
 * At half of the rate that saturates it: how much later a gateway answers than the subgraph behind it (which answers a small query
 * immediately), and the ratio of its slow answers to its usual ones.
 */
async function measureCalm(
  name: string,
  asking: Omit<Asking, 'origin' | 'key'>,
  { client }: Stage,
  { subgraph, warmSeconds }: { subgraph: string; warmSeconds: number },
): Promise<object> {
  const ours = { ...asking, origin: new URL(client.endpoints.graphql).origin, key: await client.token() }
  const { query, variables } = OPERATIONS.small!
  const direct = { ...asking, query, vary: Object.keys(variables(0))[0]!, origin: new URL(subgraph).origin, key: 'nobody' }
  await askAtRate({ ...ours, seconds: warmSeconds })
  const [seen, behind] = [await askAtRate(ours), await askAtRate(direct)]
  if (seen.wrong.length + behind.wrong.length > 0) throw new Error([...seen.wrong, ...behind.wrong][0])
  const [p50, p99] = [percentile(seen.times, 0.5), percentile(seen.times, 0.99)]
  const [base, slowBase] = [percentile(behind.times, 0.5), percentile(behind.times, 0.99)]
  const round = (ms: number) => Number(ms.toFixed(2))
  const told = {
    perSecond: asking.perSecond,
    p50: round(p50),
    p99: round(p99),
    p99ToP50: round(p99 / p50),
    subgraphP50: round(base),
    subgraphP99: round(slowBase),
    overhead: round(p50 - base),
  }
  say(`${name.padEnd(12)} at half: ${JSON.stringify(told)}`)
  return told
}

async function compare(
  name: string,
  { query, variables }: (typeof OPERATIONS)[string],
  peers: Peer[],
  { rounds: count, seconds, warmSeconds }: Extent,
) {
  const rounds = new Map(peers.map((peer) => [peer.name, [] as Seen[]]))
  let no = 0
  const next = () => JSON.stringify({ query, variables: variables(no++) })
  for (const peer of peers) await measure(peer, next, warmSeconds)
  for (let round = 0; round < count; round++) for (const peer of peers) rounds.get(peer.name)!.push(await measure(peer, next, seconds))
  const perCpuSecond = (peer: string) =>
    percentile(
      rounds.get(peer)!.map(({ count, cpuSeconds }) => count / cpuSeconds),
      0.5,
    )
  const at = (peer: string, share: number) =>
    Number(
      percentile(
        rounds.get(peer)!.flatMap(({ times }) => times),
        share,
      ).toFixed(1),
    )
  const perSecond = (peer: string) => Math.round(rounds.get(peer)!.reduce((sum, { count }) => sum + count, 0) / (count * seconds))
  const told = (peer: string) => ({
    perSecond: perSecond(peer),
    perCpuSecond: Math.round(perCpuSecond(peer)),
    p50: at(peer, 0.5),
    p99: at(peer, 0.99),
  })
  const ratioTo = (peer: string) => Number((perCpuSecond('ours') / perCpuSecond(peer)).toFixed(2))
  const ratios = { ratio: ratioTo('stock'), ratioToHive: ratioTo('hive') }
  const result = { ...ratios, ours: told('ours'), stock: told('stock'), hive: told('hive') }
  say(`${name.padEnd(12)} ${JSON.stringify(result)}`)
  return result
}

async function measure({ pid, ask }: Peer, next: () => string, seconds: number): Promise<Seen> {
  const [times, before, until] = [[] as number[], cpuSecondsOf(pid), performance.now() + seconds * 1_000]
  const client = async () => {
    while (performance.now() < until) {
      const began = performance.now()
      await ask(next())
      times.push(performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  return { count: times.length, cpuSeconds: cpuSecondsOf(pid) - before, times }
}

/** User and system time of a process, from proc(5). */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

async function ourPeer({ platform, client }: Stage): Promise<Peer> {
  const { pid } = platform.children.find((child) => child.name === 'gateway')!.process
  const { origin, pathname } = new URL(client.endpoints.graphql)
  return peerOf('ours', pid!, origin, pathname, async () => ({ authorization: `Bearer ${await client.token()}` }))
}

function peerOf(name: string, pid: number, origin: string, path: string, headersFor: () => Promise<Record<string, string>>): Peer {
  const pool = new Pool(origin, { connections: CLIENTS })
  const ask = async (body: string) => {
    const headers = { 'content-type': 'application/json', ...(await headersFor()) }
    const answer = await pool.request({ path, method: 'POST', headers, body })
    const text = await answer.body.text()
    if (answer.statusCode !== 200 || text.includes('"errors"'))
      throw new Error(`${name} answers ${answer.statusCode} ${text.slice(0, 300)}`)
  }
  return { name, pid, ask }
}

async function startPeer(file: string, logs: string, ...args: string[]): Promise<{ child: Child; told: string }> {
  let told = ''
  const ready = (line: string) => {
    if (line.startsWith('READY ')) told = line.slice('READY '.length).trim()
    return told !== ''
  }
  const script = fileURLToPath(new URL(`gateway/${file}.ts`, import.meta.url))
  const child = await start(file, process.execPath, [script, ...args], {
    logs,
    ready,
    env: { PATH: process.env.PATH, APOLLO_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' },
  })
  return { child, told }
}
