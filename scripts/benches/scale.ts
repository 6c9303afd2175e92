import { connect } from '@renmai/platform/db/db'
import { Pool } from 'undici'
import { createSource, makeRequest, measureHttp, prepareRequests, prime, type Source, send, untilAttached, verify } from './ingest.ts'
import { type Measured, withCpu } from './measure.ts'
import { dispatchAll, meet, plan, prepareSends } from './send.ts'
import { openStage, type Stage, say } from './stage.ts'

const WHOLE = { replicas: [1, 2, 3], rounds: 4, seconds: 3, prepared: 250, messages: 3_000, newcomers: 50_000 }
/** Smallest ratio of three replicas to one that is accepted. */
const WANTED = 0.8

/** @property newcomers new people, a multiple of a thousand, to measure the cost of a customer */
type Extent = typeof WHOLE

type Seen = { perSecond: number; cores: number; cpuSecondsPerMillion: number }

/**
 * Measures intake and sending of one, two and three replicas of each part, with the busy cores and the CPU time. CPU time for
 * the same work must not grow with the replicas; this shows how well the platform scales over more machines. The ratio
 * compares three replicas with one.
 */
export const scale = (): Promise<object> => measureScale(WHOLE)

export async function measureScale(extent: Extent): Promise<object> {
  const [intake, dispatch]: [Record<number, Seen>, Record<number, Seen>] = [{}, {}]
  const sizes: Record<string, unknown> = {}
  for (const replicas of extent.replicas) {
    intake[replicas] = await onStage(['campaign', 'analytics', 'compliance'], replicas, (stage) =>
      takeIn(stage, extent, replicas === 1 ? sizes : undefined),
    )
    say(`intake with ${replicas}: ${JSON.stringify(intake[replicas])}`)
    dispatch[replicas] = await onStage(['analytics'], replicas, (stage) => sendAll(stage, extent))
    say(`dispatch with ${replicas}: ${JSON.stringify(dispatch[replicas])}`)
  }
  const most = extent.replicas.at(-1)!
  const ratioOf = (seen: Record<number, Seen>) => Number((seen[1]!.cpuSecondsPerMillion / seen[most]!.cpuSecondsPerMillion).toFixed(3))
  const ratio = Math.min(ratioOf(intake), ratioOf(dispatch))
  return { unit: `CPU with 1 replica / CPU with ${most}, for the same work`, limit: 1, wanted: WANTED, ratio, intake, dispatch, ...sizes }
}

async function onStage<T>(stopped: string[], replicas: number, work: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = await openStage(stopped, replicas)
  try {
    return await work(stage)
  } finally {
    await stage.close()
  }
}

async function takeIn(stage: Stage, extent: Extent, sizes: Record<string, unknown> | undefined): Promise<Seen> {
  const source = await createSource(stage)
  // While there are few rows: counting the known people would be measured too.
  if (sizes) Object.assign(sizes, await meetAll(stage, source, extent))
  await prime(stage, source)
  await measureHttp(stage, source, extent)
  const before = await bytesOf(stage)
  const rounds: Measured[] = []
  for (let round = 0; round < extent.rounds; round++) {
    const requests = prepareRequests(source, extent)
    rounds.push(await withCpu(() => measureHttp(stage, source, extent, requests)))
  }
  await verify(stage)
  const events = rounds.reduce((sum, { count }) => sum + count, 0)
  if (sizes) sizes.databaseBytesPerEvent = Math.round(((await bytesOf(stage)) - before) / events)
  return summarise(rounds)
}

/** New people, each with one event: the cost until each is a customer. */
async function meetAll(stage: Stage, source: Source, { newcomers }: Extent): Promise<object> {
  const before = await bytesOf(stage)
  const pool = new Pool(stage.client.endpoints.intake, { connections: 4 })
  const requests = Array.from({ length: newcomers / 1_000 }, () => makeRequest(source, Number.MAX_SAFE_INTEGER))
  const measured = await withCpu(async () => {
    await Promise.all(requests.map((request) => send(pool, source, request)))
    await untilAttached(stage)
    return newcomers
  })
  await pool.close()
  return { customers: summarise([measured]), databaseBytesPerCustomer: Math.round(((await bytesOf(stage)) - before) / newcomers) }
}

async function sendAll(stage: Stage, { rounds: count, messages }: Extent): Promise<Seen> {
  const engagement = connect(databaseUrl(stage))
  try {
    const { templateId } = await prepareSends(stage)
    const profiles = await meet(stage, engagement)
    const rounds: Measured[] = []
    for (let round = 0; round <= count; round++) {
      await plan(stage, engagement, profiles, templateId, messages)
      const measured = await withCpu(() => dispatchAll(engagement, messages))
      // The first round warms up.
      if (round > 0) rounds.push(measured)
    }
    return summarise(rounds)
  } finally {
    await engagement.pool.end()
  }
}

const databaseUrl = ({ client }: Stage) => Object.assign(new URL(client.endpoints.postgres), { pathname: '/engagement' }).href

/** Bytes of both databases: an event is stored by engagement, by identity, and in the outboxes. */
async function bytesOf(stage: Stage): Promise<number> {
  const { pool } = connect(databaseUrl(stage))
  const { rows } = await pool.query<{ bytes: string }>(
    "SELECT sum(pg_database_size(datname)) AS bytes FROM pg_database WHERE datname IN ('engagement', 'identity')",
  )
  await pool.end()
  return Number(rows[0]!.bytes)
}

function summarise(rounds: readonly Measured[]): Seen {
  const sum = (pick: (one: Measured) => number) => rounds.reduce((total, one) => total + pick(one), 0)
  const [count, seconds, cpuMs] = [sum((one) => one.count), sum((one) => one.seconds), sum((one) => one.cpuMs)]
  const round = (value: number) => Number(value.toFixed(2))
  return {
    perSecond: Math.round(count / seconds),
    cores: round(cpuMs / 1_000 / seconds),
    cpuSecondsPerMillion: Math.round((cpuMs * 1_000) / count),
  }
}
