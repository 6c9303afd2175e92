import { setTimeout as sleep } from 'node:timers/promises'
import { readGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { request } from 'undici'
import type { Client } from '../client.ts'
import { signEvents } from '../sign-events.ts'

/** Writes that the platform has acknowledged and so must have kept. */
export type Acknowledged = {
  /** Message ids of events. */
  events: Set<string>
  /** E-mail addresses of those who signed up; each gets one message. */
  addresses: Set<string>
  /** Ids of tags by their idempotency keys. */
  tags: Map<string, string>
  /** Number of refusals of a good credential. */
  refused: number
  /** Answers that no caller can act on; must stay empty. */
  unclear: string[]
  /** Number of batches and tags begun; shared by several loads, so that no number is used twice. */
  begun: { batches: number; tags: number }
  /** Time at which writers stop retrying: a platform that never recovers must not hold the run. */
  giveUpAt: number
}

export type Source = { url: string; secret: string }
export type Target = { client: Client; source: Source; groupId: string }

const BATCH = 20
const PEOPLE = 200
const PAUSE_MS = 100
const PATIENCE_MS = 200
const ANSWER_MS = 15_000

export const nothingYet = (): Acknowledged => ({
  events: new Set(),
  addresses: new Set(),
  tags: new Map(),
  refused: 0,
  unclear: [],
  begun: { batches: 0, tags: 0 },
  giveUpAt: Number.POSITIVE_INFINITY,
})

/** Runs writers that retry each write with the same ids until it is acknowledged, as careful clients do. */
export async function runLoad(target: Target, done: Acknowledged, isOver: () => boolean, { events = 2, tags = 1 } = {}): Promise<void> {
  const eventWriter = async () => {
    for (; !isOver(); await sleep(PAUSE_MS)) await sendBatch(target, done, ++done.begun.batches)
  }
  const tagWriter = async () => {
    for (; !isOver(); await sleep(PAUSE_MS)) await createTag(target, done, ++done.begun.tags)
  }
  await Promise.all([...Array.from({ length: events }, eventWriter), ...Array.from({ length: tags }, tagWriter)])
}

/** Page views of people who return, and one sign-up. */
async function sendBatch({ source }: Target, done: Acknowledged, no: number): Promise<void> {
  const occurredAt = new Date().toISOString()
  const address = `person-${no}@chaos.example`
  const events = Array.from({ length: BATCH }, (_, index) => ({
    messageId: `b${no}-${index}`,
    type: index === 0 ? 'chaos_signup' : 'page_view',
    occurredAt,
    identifiers: index === 0 ? [{ namespace: 'email', value: address }] : [{ namespace: 'login', value: `p${(no * 7 + index) % PEOPLE}` }],
  }))
  const body = JSON.stringify({ events })
  const isDone = await untilAcknowledged(done, async () => {
    const answer = await request(source.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signEvents(source.secret, newId(), body, new Date()) },
      body,
      headersTimeout: ANSWER_MS,
    })
    const text = await answer.body.text()
    if (answer.statusCode !== 200) return judge(done, answer.statusCode, text)
    const { accepted, duplicates } = JSON.parse(text) as { accepted: number; duplicates: number }
    if (accepted + duplicates !== BATCH) done.unclear.push(text)
    return true
  })
  if (!isDone) return
  for (const { messageId } of events) done.events.add(messageId)
  done.addresses.add(address)
}

async function createTag({ client, groupId }: Target, done: Acknowledged, no: number): Promise<void> {
  const idempotencyKey = `chaos-tag-${no}`
  await untilAcknowledged(done, async () => {
    const { createTag: made } = await client.query<{ createTag: { tag: { id: string } } }>(
      'mutation T($input: CreateTagInput!) { createTag(input: $input) { tag { id } } }',
      { input: { idempotencyKey, groupId, name: `chaos ${no}` } },
    )
    done.tags.set(idempotencyKey, readGlobalId(made.tag.id)!.id)
    return true
  })
}

/** 429, 503 and 504 allow the caller to retry; with other failures it cannot know what to do. */
function judge(done: Acknowledged, status: number, text: string): boolean {
  if (status === 401) done.refused++
  else if (![429, 503, 504].includes(status)) done.unclear.push(`${status} ${text.slice(0, 200)}`)
  return false
}

/** Errors of a part that is away, as sockets and our own errors word them. */
const IS_AWAY = /try again|later|reached|timeout|timed out|closed|ECONN|EPIPE|socket|terminated|aborted|could not be read/i

/** The gateway's error for a token that is not valid. */
const IS_REFUSED = /valid access token/

/** @returns false when no caller can act on the answer; it is not retried */
async function untilAcknowledged(done: Acknowledged, attempt: () => Promise<boolean>): Promise<boolean> {
  for (;;) {
    try {
      if (await attempt()) return true
    } catch (error) {
      const { message, code } = error as Error & { code?: string }
      if (IS_REFUSED.test(message)) done.refused++
      else if (!IS_AWAY.test(`${message} ${code}`)) {
        done.unclear.push(message)
        return false
      }
    }
    if (Date.now() > done.giveUpAt) {
      done.unclear.push('no answer until it stopped retrying')
      return false
    }
    // The random part keeps callers from returning at the same moment.
    await sleep(PATIENCE_MS * (0.5 + Math.random()))
  }
}
