import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Client } from '../client.ts'
import { SERVICES } from '../compose-supergraph.ts'
import type { Acknowledged } from './load.ts'

type Stage = { client: Client; tenantId: string }
type Facts = Record<string, unknown>

const SETTLED_WITHIN_MS = 180_000
const POLL_MS = 3_000

const ask = async <T extends object>(url: string, database: string, sql: string): Promise<T[]> => {
  const client = new pg.Client({ connectionString: Object.assign(new URL(url), { pathname: `/${database}` }).href })
  await client.connect()
  try {
    return (await client.query<T>(sql)).rows
  } finally {
    await client.end()
  }
}

/**
 * Waits until nothing is under way, then compares the data with what was acknowledged.
 * @returns one sentence for each difference; empty when there is none
 */
export async function check(stage: Stage, done: Acknowledged, tell: (line: string) => void): Promise<string[]> {
  const late = Date.now() + SETTLED_WITHIN_MS
  const told = done.unclear.map((text) => `a caller got: ${text}`)
  for (;;) {
    // A store may still be starting: a failed read counts as not yet settled.
    const [found, wanted] = [await readFacts(stage).catch((error: Error) => ({ unread: error.message }) as Facts), wantedFacts(done)]
    const wrong = Object.keys(wanted).filter((name) => JSON.stringify(found[name]) !== JSON.stringify(wanted[name]))
    if (wrong.length === 0) return [...told, ...(await lookThrough(stage, done))]
    const open = wrong.map((name) => `${name}: ${JSON.stringify(found[name])}, wanted ${JSON.stringify(wanted[name])}`)
    if (Date.now() > late) return [...told, ...open]
    tell(`waiting: ${open.join('; ')}`)
    await sleep(POLL_MS)
  }
}

function wantedFacts({ events, addresses, tags }: Acknowledged): Facts {
  return {
    'events stored': events.size,
    'events without a profile': 0,
    'events consumed by analytics': events.size,
    'events consumed by campaign': events.size,
    'messages planned': addresses.size,
    'messages under way': 0,
    tags: tags.size,
    'events not published': 0,
    'dead letters': 0,
    'services not ready': '',
  }
}

async function readFacts({ client }: Stage): Promise<Facts> {
  const { postgres, services } = client.endpoints
  const one = async (database: string, sql: string) => Number((await ask<{ n: number }>(postgres, database, sql))[0]!.n)
  const sum = async (sql: string) => (await Promise.all(SERVICES.map((name) => one(name, sql)))).reduce((a, b) => a + b)
  const ready = await Promise.all(
    Object.entries(services).map(async ([name, url]) => ((await fetch(`${url}/readyz`).catch(() => undefined))?.ok ? '' : name)),
  )
  return {
    'events stored': await one('engagement', 'SELECT count(*) AS n FROM touchpoints'),
    'events without a profile': await one('engagement', 'SELECT count(*) AS n FROM touchpoints WHERE profile_id IS NULL'),
    'events consumed by analytics': await one('analytics', "SELECT count(*) AS n FROM events WHERE type IN ('page_view', 'chaos_signup')"),
    'events consumed by campaign': await one('campaign', 'SELECT coalesce(sum(count), 0) AS n FROM behaviour_days'),
    'messages planned': await one('engagement', 'SELECT count(*) AS n FROM messages'),
    'messages under way': await one(
      'engagement',
      "SELECT count(*) AS n FROM messages WHERE state NOT IN ('SENT', 'BLOCKED', 'REJECTED', 'UNKNOWN')",
    ),
    tags: await one('identity', "SELECT count(*) AS n FROM tags WHERE name LIKE 'chaos %'"),
    'events not published': await sum('SELECT count(*) AS n FROM outbox WHERE published_at IS NULL'),
    'dead letters': await sum('SELECT count(*) AS n FROM dead_letters'),
    'services not ready': ready.join(''),
  }
}

/** Checks that counts cannot make: which events and tags exist, the tenants of rows, how often each mail was delivered. */
async function lookThrough({ client, tenantId }: Stage, done: Acknowledged): Promise<string[]> {
  const { postgres } = client.endpoints
  const wrong: string[] = []
  const stored = await ask<{ message_id: string }>(postgres, 'engagement', 'SELECT message_id FROM touchpoints')
  const kept = new Set(stored.map((row) => row.message_id))
  for (const id of done.events) if (!kept.has(id)) wrong.push(`event ${id} was acknowledged and is lost`)
  const tags = new Set((await ask<{ id: string }>(postgres, 'identity', 'SELECT id FROM tags')).map((row) => row.id))
  for (const [key, id] of done.tags) if (!tags.has(id)) wrong.push(`the answer to ${key} named tag ${id}, which is not there`)
  const foreign = await ask<{ n: number }>(postgres, 'engagement', `SELECT count(*) AS n FROM touchpoints WHERE tenant_id <> '${tenantId}'`)
  if (Number(foreign[0]!.n) > 0) wrong.push('there are rows of another tenant')
  const { deliveries } = (await client.simulate('deliveries')) as { deliveries: { to: string }[] }
  const times = Map.groupBy(deliveries, (one) => one.to)
  for (const [to, all] of times) if (all.length > 1) wrong.push(`${to} got ${all.length} mails`)
  const states = await ask<{ state: string; n: number }>(
    postgres,
    'engagement',
    'SELECT state, count(*)::int AS n FROM messages GROUP BY state',
  )
  const sent = states.find((one) => one.state === 'SENT')?.n ?? 0
  const unknown = states.find((one) => one.state === 'UNKNOWN')?.n ?? 0
  if (times.size < sent || times.size > sent + unknown)
    wrong.push(`${times.size} people got a mail, but the platform reports ${JSON.stringify(states)}`)
  return wrong
}
