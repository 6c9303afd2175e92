import { connect, type Db } from '@renmai/platform/db/db'
import { parseKeyRing } from '@renmai/platform/secrets/crypto'
import type pg from 'pg'
import { resolveProfiles } from '../../../services/identity/src/profiles/resolve-profiles.ts'
import { say } from '../stage.ts'

/** Of one step, per record, and how often a transaction takes it. */
type Step = { microseconds: number; times: number }
export type Account = Record<string, Step>

type Config = string | { text: string }
type Query = (config: Config, values?: unknown[]) => Promise<unknown>

/**
 * What each step of resolving costs per record. The statements go out one by one here, so their sum is more than what the whole takes:
 * there the database has the next statement at hand, and the service computes meanwhile.
 * @param url identity's database
 * @param requests as engagement sends them, each resolved in a transaction of its own
 */
export async function resolveAccount(url: string, keyRing: string, requests: readonly Uint8Array[], records: number): Promise<Account> {
  const db = connect(url, { max: 1 })
  try {
    const steps = timeStatements(db)
    const resolving = resolveProfiles(db, parseKeyRing(keyRing), () => new Date())
    const began = performance.now()
    for (const request of requests) await resolving.reply(request)
    const whole = performance.now() - began
    const stated = [...steps.values()].reduce((sum, { ms }) => sum + ms, 0)
    const all = [['computed by the service', { ms: whole - stated, times: requests.length }] as const, ...steps]
    const inOrder = all.toSorted(([, a], [, b]) => b.ms - a.ms)
    const account = Object.fromEntries(
      inOrder.map(([name, { ms, times }]): [string, Step] => [
        name,
        { microseconds: Number(((ms * 1_000) / records).toFixed(1)), times: Number((times / requests.length).toFixed(2)) },
      ]),
    )
    for (const [name, step] of Object.entries(account)) say(`${name}: ${JSON.stringify(step)}`)
    return account
  } finally {
    await db.pool.end()
  }
}

/** Times each statement of a pool, which waits for the one before it. */
function timeStatements({ pool }: Db): Map<string, { ms: number; times: number }> {
  const steps = new Map<string, { ms: number; times: number }>()
  pool.on('connect', (client: pg.PoolClient) => {
    const query = client.query.bind(client) as unknown as Query
    let turn: Promise<unknown> = Promise.resolve()
    const timed: Query = (config, values) => {
      const run = turn.then(async () => {
        const began = performance.now()
        const result = await query(config, values)
        const name = nameOf(typeof config === 'string' ? config : config.text)
        const { ms, times } = steps.get(name) ?? { ms: 0, times: 0 }
        steps.set(name, { ms: ms + performance.now() - began, times: times + 1 })
        return result
      })
      turn = run.catch(() => undefined)
      return run
    }
    Object.assign(client, { query: timed })
  })
  return steps
}

const TABLE = /\b(?:FROM|JOIN|INTO|UPDATE) ([a-z]+_?[a-z_]*)\b(?!\()/

/** The verb and the first table of a statement. */
function nameOf(text: string): string {
  if (text.includes('pg_advisory_xact_lock')) return 'wait for the lock of the graph'
  if (/^(BEGIN|COMMIT)/.test(text)) return text.split(';')[0]!.toLowerCase()
  const verb = /\b(INSERT|UPDATE|DELETE)\b/.exec(text.replace(/ON CONFLICT[^]*/, ''))?.[1] ?? 'READ'
  return `${verb.toLowerCase()} ${TABLE.exec(text)?.[1] ?? ''}`
}
