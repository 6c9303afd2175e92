import { mkdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@renmai/platform/serve/ids'
import { makeFolder } from '@renmai/platform/testing/folder'
import { dataFolder, giveToServer } from '@renmai/platform/testing/postgres'
import pg from 'pg'
import { nothingYet, runLoad } from '../chaos/load.ts'
import { deleteStream } from '../chaos/stores.ts'
import { prepareTarget } from '../chaos/target.ts'
import { type Client, createClient } from '../client.ts'
import { SERVICES } from '../compose-supergraph.ts'
import { type Platform, startPlatform } from '../stack/platform.ts'
import { createSecrets } from '../stack/secrets.ts'
import { restoreTo } from './restore.ts'
import { archiveSettings, takeBaseBackup } from './take-base-backup.ts'

type Tell = (line: string) => void
type Counts = Record<string, Record<string, number>>

const LOAD_MS = 5_000
const QUIET_WITHIN_MS = 120_000
/** Tables of transport, to which consuming again adds rows, and tables that only the clock writes. */
const TRANSPORT = ['inbox', 'outbox', 'resends', 'platform_migrations', 'service_migrations', 'audit_checkpoints', 'unsealed_chains']

/**
 * The drill: a platform under load is backed up, and later a bad DELETE runs. All databases are restored to the moment before
 * it, on a second server, and the services continue there with new streams.
 * @returns one sentence for each difference; empty when the backup could be restored
 */
export async function drill(tell: Tell): Promise<string[]> {
  const [folder, secrets] = [makeFolder('drill'), createSecrets(newId())]
  const [archive, base, logs] = [`${folder.path}/archive`, `${folder.path}/base`, `${folder.path}/logs`]
  mkdirSync(archive, { mode: 0o700 })
  giveToServer(archive)
  const postgresSettings = archiveSettings(archive)
  const platform = await startPlatform({
    folder: folder.path,
    logs,
    secrets,
    tell,
    graphiql: false,
    postgresSettings,
    serviceSettings: { RECONCILE_SECONDS: '3600' },
  })
  try {
    const client = createClient(platform.endpoints, secrets)
    const target = await prepareTarget(client)
    const done = nothingYet()
    await during(target, done, () => takeBaseBackup(platform.endpoints.postgres, dataFolder(`${folder.path}/postgres`), base))
    await quiet(client)
    const [atBase, early] = [await nowAt(client), await countAll(client)]
    await during(target, done, () => sleep(LOAD_MS))
    await quiet(client)
    const [before, at] = [await countAll(client), await nowAt(client)]
    const stage = { platform, client, tell }
    const wrong = await restoreOneConsumer(
      stage,
      { base, archive, logs, at: atBase, folder: `${folder.path}/one`, password: secrets.databasePassword },
      early,
      before,
    )
    wrong.push(
      ...(await restoreAll(stage, { base, archive, logs, at, folder: `${folder.path}/all`, password: secrets.databasePassword }, before)),
    )
    await during(target, done, () => sleep(LOAD_MS))
    await quiet(client)
    const { touchpoints } = await countsOf(platform.endpoints.postgres, 'engagement')
    return touchpoints === done.events.size ? wrong : [...wrong, `${touchpoints} touchpoints after going on, wanted ${done.events.size}`]
  } finally {
    await platform.stop()
    folder.remove()
  }
}

type Stage = { platform: Platform; client: Client; tell: Tell }
type Restore = Parameters<typeof restoreTo>[0]

/** analytics alone goes back to an earlier moment. A command publishes again the events that it has missed since. */
async function restoreOneConsumer({ platform, client, tell }: Stage, restore: Restore, early: Counts, before: Counts): Promise<string[]> {
  const server = await restoreTo(restore)
  tell(`a second server is as of ${restore.at}`)
  const restored = await countsOf(server.url, 'analytics')
  const wrong = differences('analytics as of the base backup', { analytics: early.analytics! }, { analytics: restored })
  const there = (url: string) => Object.assign(new URL(url), { port: String(server.port) }).href
  const child = platform.children.find((one) => one.name === 'analytics')!
  const { DATABASE_URL, RELAY_DATABASE_URL } = child.environment as { DATABASE_URL: string; RELAY_DATABASE_URL: string }
  await platform.restart('analytics', { DATABASE_URL: there(DATABASE_URL), RELAY_DATABASE_URL: there(RELAY_DATABASE_URL) })
  for (const name of SERVICES) tell((await platform.command(name, 'reconcile', restore.at)).trim())
  await quiet(client)
  wrong.push(
    ...differences(
      'analytics after it consumed again',
      { analytics: before.analytics! },
      { analytics: await countsOf(server.url, 'analytics') },
    ),
  )
  await platform.restart('analytics')
  await server.stop()
  return wrong
}

/** Runs a bad DELETE and recovers: one server restored to the moment before, new streams, services that continue. */
async function restoreAll({ platform, client, tell }: Stage, restore: Restore, before: Counts): Promise<string[]> {
  await ask(client.endpoints.postgres, 'engagement', 'DELETE FROM touchpoints')
  await ask(client.endpoints.postgres, 'postgres', 'SELECT pg_switch_wal()')
  tell('somebody deleted every touchpoint')
  const services = platform.children.filter((child) => (SERVICES as readonly string[]).includes(child.name))
  await Promise.all(services.map((child) => child.stop()))
  const old = platform.children.findIndex((child) => child.name === 'postgres')
  await platform.children[old]!.stop()
  platform.children[old] = await restoreTo({ ...restore, port: Number(new URL(client.endpoints.postgres).port) })
  tell(`the databases are as of ${restore.at}`)
  const wrong = differences('restored', before, await countAll(client))
  for (const name of SERVICES) await deleteStream(client.endpoints.nats, name)
  for (const child of services) await platform.restart(child.name)
  for (const name of SERVICES) tell((await platform.command(name, 'reconcile', new Date(Date.now() - 86_400_000).toISOString())).trim())
  await quiet(client)
  wrong.push(...differences('running again', before, await countAll(client)))
  const { verifyAuditLog: audit } = await client.query<{ verifyAuditLog: { isValid: boolean; entries: number } }>(
    '{ verifyAuditLog { isValid entries } }',
  )
  tell(`the audit chain of ${audit.entries} entries ${audit.isValid ? 'holds' : 'is broken'}`)
  return audit.isValid && audit.entries > 0 ? wrong : [...wrong, 'the audit chain does not hold']
}

async function during(
  target: Parameters<typeof runLoad>[0],
  done: ReturnType<typeof nothingYet>,
  work: () => Promise<void>,
): Promise<void> {
  let isOver = false
  const load = runLoad(target, done, () => isOver)
  await sleep(LOAD_MS)
  await work()
  isOver = true
  await load
}

async function ask<T extends object>(url: string, database: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: Object.assign(new URL(url), { pathname: `/${database}` }).href })
  await client.connect()
  return client
    .query<T>(sql)
    .then(({ rows }) => rows)
    .finally(() => client.end())
}

const nowAt = async ({ endpoints }: Client) =>
  (
    await ask<{ at: string }>(
      endpoints.postgres,
      'postgres',
      'SELECT to_char(clock_timestamp() AT TIME ZONE \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\') AS at',
    )
  )[0]!.at

async function countsOf(url: string, database: string): Promise<Record<string, number>> {
  const tables = await ask<{ name: string }>(
    url,
    database,
    "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1",
  )
  const counts: Record<string, number> = {}
  for (const { name } of tables.filter((one) => !TRANSPORT.includes(one.name)))
    counts[name] = Number((await ask<{ n: number }>(url, database, `SELECT count(*) AS n FROM "${name}"`))[0]!.n)
  return counts
}

async function countAll({ endpoints }: Client): Promise<Counts> {
  return Object.fromEntries(await Promise.all(SERVICES.map(async (name) => [name, await countsOf(endpoints.postgres, name)] as const)))
}

function differences(what: string, wanted: Counts, found: Counts): string[] {
  return Object.entries(wanted).flatMap(([database, tables]) =>
    Object.entries(tables)
      .filter(([table, count]) => found[database]?.[table] !== count)
      .map(([table, count]) => `${what}: ${database}.${table} has ${found[database]?.[table]} rows, wanted ${count}`),
  )
}

/** Waits until no queue holds work and no count changes any more. */
async function quiet(client: Client): Promise<void> {
  let last = ''
  for (const late = Date.now() + QUIET_WITHIN_MS; Date.now() < late; await sleep(1_000)) {
    const waiting = await Promise.all(
      SERVICES.map((name) =>
        ask<{ n: number }>(client.endpoints.postgres, name, 'SELECT count(*) AS n FROM outbox WHERE published_at IS NULL'),
      ),
    )
    const messages = await ask<{ n: number }>(
      client.endpoints.postgres,
      'engagement',
      "SELECT count(*) AS n FROM messages WHERE state IN ('PLANNED', 'CLAIMED', 'SENDING')",
    )
    const now = JSON.stringify(await countAll(client))
    if ([...waiting, messages].every((rows) => Number(rows[0]!.n) === 0) && now === last) return
    last = now
  }
  throw new Error('the platform did not come to rest')
}
