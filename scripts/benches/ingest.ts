import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@renmai/platform/serve/ids'
import { Pool } from 'undici'
import { signEvents } from '../sign-events.ts'
import { compare, type Measured, tell, withCpu } from './measure.ts'
import { openRawCopy } from './raw-copy.ts'
import { openStage, type Stage, say } from './stage.ts'

const BATCH = 1_000
const PEOPLE = 2_000
const CLIENTS = 8
const WHOLE = { rounds: 12, seconds: 3, prepared: 250 }

/** @property prepared number of requests that are made before a round */
export type Extent = typeof WHOLE
const UNATTACHED = '{ touchpoints(first: 1, filter: { isAnonymous: true }) { totalCount } }'

/**
 * Compares how fast events become durable, deduplicated and attached to their customers, through the public HTTP intake,
 * with raw binary COPY of as many rows into an equal table with the same indexes. Short rounds of both alternate, so that
 * a busy machine affects both equally. The consumers of the events are stopped: two cores do one job.
 */
export async function ingest(): Promise<object> {
  const stage = await openStage(['campaign', 'analytics', 'compliance'])
  try {
    return await measureIngest(stage, WHOLE)
  } finally {
    await stage.close()
  }
}

export async function measureIngest(stage: Stage, extent: Extent): Promise<object> {
  const source = await createSource(stage)
  await prime(stage, source)
  await measureHttp(stage, source, extent)
  const rawCopy = await openRawCopy(stage, BATCH, PEOPLE)
  const [http, copy] = [[] as Measured[], [] as Measured[]]
  for (let round = 1; round <= extent.rounds; round++) {
    const requests = prepareRequests(source, extent)
    http.push(await withCpu(() => measureHttp(stage, source, extent, requests)))
    copy.push(await withCpu(() => rawCopy.write(http.at(-1)!.count)))
    say(`round ${round}: HTTP ${tell(http.at(-1)!)}; raw COPY ${tell(copy.at(-1)!)}`)
  }
  await rawCopy.close()
  await verify(stage)
  return { unit: 'events/s', limit: 'raw binary COPY into the same indexed table', wanted: 0.5, ...compare(http, copy) }
}

export type Source = { id: string; url: string; secret: string }

export async function createSource({ client }: Stage): Promise<Source> {
  const { createEventSource: made } = await client.query<{
    createEventSource: { account: { id: string; callbackPath: string }; secret: string }
  }>('mutation S($input: CreateEventSourceInput!) { createEventSource(input: $input) { account { id callbackPath } secret } }', {
    input: { idempotencyKey: newId(), name: 'bench', channel: 'WEB' },
  })
  return { id: made.account.id, url: client.endpoints.intake + made.account.callbackPath, secret: made.secret }
}

let sent = 0
/** @param people number of different people in the events */
function makeBatch(people: number): string {
  const events = Array.from({ length: BATCH }, () => {
    const no = ++sent
    return {
      messageId: `m${no}`,
      type: 'page_view',
      occurredAt: new Date(1_767_225_600_000 + no * 1_000).toISOString(),
      identifiers: [{ namespace: 'login', value: `person-${no % people}` }],
      details: { productId: `P-${no % 977}`, urlPath: `/product/${no % 977}` },
    }
  })
  return JSON.stringify({ events })
}

export type Signed = { body: Buffer; headers: Record<string, string> }

/** A request as a client would send it; made before the measurement, since the client is not measured. */
export function makeRequest({ secret }: Source, people = PEOPLE): Signed {
  const body = makeBatch(people)
  return { body: Buffer.from(body), headers: { 'content-type': 'application/json', ...signEvents(secret, newId(), body, new Date()) } }
}

export async function send(pool: Pool, { url }: Source, { body, headers }: Signed): Promise<number> {
  const answer = await pool.request({ path: new URL(url).pathname, method: 'POST', headers, body })
  const text = await answer.body.text()
  if (!text.includes(`"accepted":${BATCH},`)) throw new Error(`the intake did not accept every event: ${text.slice(-200)}`)
  return BATCH
}

/** Makes all people known, so that events of known people are measured. */
export async function prime(stage: Stage, source: Source): Promise<void> {
  const pool = new Pool(stage.client.endpoints.intake, { connections: 1 })
  for (let done = 0; done < PEOPLE; done += BATCH) await send(pool, source, makeRequest(source))
  await untilAttached(stage)
  await pool.close()
}

/** Resolves when all people are known. */
export async function untilAttached({ client }: Stage): Promise<void> {
  for (;;) {
    const { touchpoints } = await client.query<{ touchpoints: { totalCount: number } }>(UNATTACHED)
    if (touchpoints.totalCount === 0) return
    await sleep(250)
  }
}

export const prepareRequests = (source: Source, { prepared }: Extent = WHOLE) => Array.from({ length: prepared }, () => makeRequest(source))

export async function measureHttp(
  stage: Stage,
  source: Source,
  extent: Extent = WHOLE,
  requests: Signed[] = prepareRequests(source, extent),
): Promise<number> {
  const pool = new Pool(stage.client.endpoints.intake, { connections: CLIENTS })
  let events = 0
  const began = performance.now()
  const client = async () => {
    while (performance.now() - began < extent.seconds * 1_000) {
      const accepted = await send(pool, source, requests.pop() ?? makeRequest(source))
      events += accepted
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  await pool.close()
  return events
}

/** Checks that each acknowledged event is stored once, with its customer. */
export async function verify(stage: Stage): Promise<void> {
  const { touchpoints: unattached } = await stage.client.query<{ touchpoints: { totalCount: number } }>(UNATTACHED)
  say(`${unattached.totalCount} events without a customer`)
  if (unattached.totalCount > 0) throw new Error('events of known people were not attached')
}
