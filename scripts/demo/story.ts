import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../client.ts'
import type { Secrets } from '../stack/secrets.ts'
import { createPeople, type Person } from './people.ts'

/** State that the steps of the demo share. */
export type Story = {
  client: Client
  secrets: Secrets
  /** Time of the demo's first run. Its days are counted from here, so that another run changes nothing. */
  base: Date
  people: Person[]
  hero: Person
  accounts: { wecom: string; youzan: string; smtp: string; events: string; eventSecret: string; shop: string }
  ids: Record<string, string>
}

/** A step. It returns a summary with counts, or throws when the result is not as expected. */
export type Step = { title: string; run: (story: Story) => Promise<string> }

export const CORP = {
  corpId: 'wwdemo0000000001',
  agentId: 1000002,
  token: 'QDG6eK',
  encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C',
}
/** The open platform account that the corp and the mini-program are bound to. */
export const SUBJECT = 'yunqi'
/** The member of staff whom customers add. */
export const ADVISOR = 'advisor_chen'
export const SHOP = { kdtId: '90210001', clientId: 'demo_client' }
const CUSTOMERS = 2_400
const SEED = 20_260_101

export function createStory(client: Client, secrets: Secrets, base: Date): Story {
  const people = createPeople(CUSTOMERS, SEED)
  const hero: Person = {
    no: 999_999,
    name: '林晓月',
    phone: '+8613712345678',
    email: 'linxiaoyue@mail.example',
    unionid: 'oUnionHero',
    externalUserId: 'wmHero0001',
    isLapsed: false,
    orders: [],
  }
  return {
    client,
    secrets,
    base,
    people,
    hero,
    accounts: { wecom: '', youzan: '', smtp: '', events: '', eventSecret: '', shop: '' },
    ids: {},
  }
}

const PATIENCE_MS = 45_000

/**
 * Repeats a query until the answer is as expected: events between the services take a moment.
 * @throws Error that names the result that did not come
 */
export async function until<T>(what: string, ask: () => Promise<T>, isThere: (answer: T) => boolean, everyMs = 100): Promise<T> {
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    const answer = await ask()
    if (isThere(answer)) return answer
    if (Date.now() > end) throw new Error(`${what} did not come about: ${JSON.stringify(answer).slice(0, 300)}`)
    await sleep(everyMs)
  }
}

export function expect(condition: boolean, what: string): void {
  if (!condition) throw new Error(what)
}
