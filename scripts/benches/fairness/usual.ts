import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@renmai/platform/serve/ids'
import { Pool } from 'undici'
import { CSV_MAPPING } from '../../demo/people.ts'
import { signEvents } from '../../sign-events.ts'
import { type Answer, askerOf, isBusy, outcomeOf, type Post, posterOf } from '../ask-at-rate.ts'
import type { Outcome, Send } from '../send-in-thread.ts'
import type { Tenant } from './tenant.ts'

/** Requests of ordinary tenants; each makes a sender. */

export const COUNTS = '{ customers(first: 1) { totalCount } orders(first: 1) { totalCount } touchpoints(first: 1) { totalCount } }'
export const OF_ENGAGEMENT = '{ orders(first: 1) { totalCount } touchpoints(first: 1) { totalCount } }'

export const post = (tenant: Tenant): Post => posterOf(new URL(tenant.endpoints.graphql).origin, tenant.key)

export const queries = (query: string) => (tenant: Tenant) =>
  askerOf({ origin: new URL(tenant.endpoints.graphql).origin, key: tenant.key, query })

/**
 * Documents one after another.
 * @param outcomeOf maps an answer that is not a refusal for load to its outcome; undefined for a wrong answer
 */
export const documents =
  (next: (no: number) => string, outcomeOf: (answer: Answer) => 'ANSWERED' | 'REFUSED' | undefined) =>
  (tenant: Tenant): Send => {
    const graphql = post(tenant)
    let no = 0
    return async (signal) => {
      const answer = await graphql({ query: next(no++) }, { signal })
      if (isBusy(answer.text)) return 'REFUSED'
      return outcomeOf(answer) ?? { wrong: `${answer.status} ${answer.text.slice(0, 300)}` }
    }
  }

/** Calls the functions in turn. */
export function inTurn(...sends: Send[]): Send {
  let no = 0
  return (signal) => sends[no++ % sends.length]!(signal)
}

const HEADERS = { 'content-type': 'application/json' }

/** Signed events of one person each, as a source sends them. */
export function events({ endpoints, source }: Tenant): Send {
  const pool = new Pool(endpoints.intake, { connections: 32 })
  return async (signal) => {
    const body = JSON.stringify({ events: [pageView(new Date())] })
    const headers = { ...HEADERS, ...signEvents(source.secret, newId(), body, new Date()) }
    return outcomeOf(await send(pool, { path: source.path, method: 'POST', headers, body, signal }))
  }
}

export const pageView = (at: Date) => ({
  messageId: newId(),
  type: 'page_view',
  occurredAt: at.toISOString(),
  identifiers: [{ namespace: 'login', value: `person ${Math.floor(Math.random() * 100)}` }],
})

export async function send(pool: Pool, options: Parameters<Pool['request']>[0]): Promise<Answer> {
  const { statusCode, body } = await pool.request(options)
  return { status: statusCode, text: await body.text() }
}

export const HEADER = 'order_no,sku,title,quantity,time,price,member,phone,email,name\n'

/** @returns the path of its upload, or the answer that refused it */
export async function startImport(post: Post, { source }: Tenant, sha256: string): Promise<{ path: string } | Outcome> {
  const input = { accountId: source.id, fileName: 'orders.csv', sha256, mapping: CSV_MAPPING, currency: 'CNY', zone: 'Asia/Shanghai' }
  const query = 'mutation S($input: StartOrderImportInput!) { startOrderImport(input: $input) { uploadPath } }'
  const answer = await post({ query, variables: { input: { idempotencyKey: newId(), ...input } } })
  const outcome = outcomeOf(answer)
  return outcome === 'ANSWERED' ? { path: JSON.parse(answer.text).data.startOrderImport.uploadPath as string } : outcome
}

/** Files of one order. */
export function imports(tenant: Tenant): Send {
  const [graphql, pool] = [post(tenant), new Pool(tenant.endpoints.intake, { connections: 32 })]
  const headers = { 'content-type': 'text/csv' }
  return async (signal) => {
    const body = `${HEADER}${newId()},a,A,1,2026-01-01 10:00:00,9.90,M1,,,\n`
    const started = await startImport(graphql, tenant, createHash('sha256').update(body).digest('hex'))
    if (typeof started === 'string' || 'wrong' in started) return started
    return outcomeOf(await send(pool, { path: started.path, method: 'PUT', headers, body, signal }))
  }
}

const CREATE = 'mutation S($input: CreateSegmentInput!) { createSegment(input: $input) { segment { id } userErrors { message } } }'
const READY_WITHIN_MS = 20_000
const POLL_MS = 10

/** Segments, measured from their creation until their members are known. */
export function segments(tenant: Tenant): Send {
  const graphql = post(tenant)
  return async (signal) => {
    const created = await createSegment(graphql, { orders: { minCount: 2 } })
    if (outcomeOf(created) !== 'ANSWERED') return outcomeOf(created)
    const { id } = JSON.parse(created.text).data.createSegment.segment as { id: string }
    for (const until = Date.now() + READY_WITHIN_MS; Date.now() < until && !signal.aborted; await sleep(POLL_MS)) {
      const answer = await graphql({ query: 'query S($id: ID!) { segment(id: $id) { isReady } }', variables: { id } })
      if (answer.text.includes('true')) return 'ANSWERED'
      if (!isBusy(answer.text) && outcomeOf(answer) !== 'ANSWERED') return outcomeOf(answer)
    }
    return 'REFUSED'
  }
}

export const createSegment = (graphql: Post, definition: object): Promise<Answer> =>
  graphql({ query: CREATE, variables: { input: { idempotencyKey: newId(), name: newId(), definition } } })
