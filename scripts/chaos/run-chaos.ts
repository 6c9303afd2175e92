import { cpSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@renmai/platform/serve/ids'
import { makeFolder } from '@renmai/platform/testing/folder'
import { createRandom } from '@renmai/platform/testing/random'
import { type Client, createClient } from '../client.ts'
import type { Stores } from '../stack/endpoints.ts'
import { ROOT } from '../stack/paths.ts'
import { startPlatform } from '../stack/platform.ts'
import { createSecrets } from '../stack/secrets.ts'
import { check } from './check.ts'
import { openDisk } from './disk.ts'
import { FAULTS, type Fault, type Scene } from './faults.ts'
import { type Acknowledged, nothingYet, runLoad, type Target } from './load.ts'
import { createProxy, type Proxy } from './proxy.ts'
import { Supervisor } from './supervisor.ts'
import { prepareTarget } from './target.ts'

export type ChaosOptions = {
  seed: number
  /** Shortest time in which faults are injected; each comes once before any comes again. */
  seconds: number
  faults?: readonly Fault[]
  /** Number of processes of each service and of the gateway. */
  replicas?: number
  tell: (line: string) => void
}

/** Differences that the checker found, the injected faults, and the numbers of acknowledged writes. */
export type ChaosReport = { wrong: string[]; injected: string[]; events: number; mails: number; tags: number }

const KEPT_LOGS = `${ROOT}.renmai/chaos-logs`
/** How often the reconciler compares published and consumed events here, so that a run need not wait five minutes for it. */
const RECONCILE_SECONDS = '15'
const CROWD = { events: 20, tags: 5 }
const [WARM_UP_MS, MEASURED_MS, RECOVERY_WINDOW_MS] = [5_000, 10_000, 2_000]
/** How long callers retry after the last fault. */
const PATIENCE_MS = 120_000
/** Share of the earlier throughput that counts as recovered; a short window misses some. */
const RECOVERED = 0.9
/** Share that must be kept without NATS: a call of another service fails only after some seconds. */
const KEPT_ON = 0.5

/** Runs the whole platform under load while its parts are killed, frozen and cut off; then runs the checker. */
export function runChaos({ seed, seconds, faults = FAULTS, replicas = 1, tell }: ChaosOptions): Promise<ChaosReport> {
  return onStage(tell, replicas, async (stage) => {
    const left = faults.filter((fault) => stage.scene.disk || !fault.needsDisk)
    const done = nothingYet()
    let isOver = false
    const load = runLoad(stage.target, done, () => isOver)
    const injected = await injectAll({ ...stage.scene, random: createRandom(seed) }, left, seconds, tell)
    isOver = true
    done.giveUpAt = Date.now() + PATIENCE_MS
    await load
    const wrong = await finish(stage, done, tell)
    // Only a process whose clock is wrong may refuse good signatures.
    if (done.refused > 0 && !injected.some((name) => name.startsWith('clock'))) wrong.push(`${done.refused} good signatures were refused`)
    return { wrong, injected, ...countsOf(done) }
  })
}

export type OutageReport = ReturnType<typeof countsOf> & { wrong: string[]; recoveredAfterSeconds: number }

export type OutageOptions = { store: 'postgres' | 'nats'; seconds: number; tell: (line: string) => void }

/**
 * Takes a store away for a time, under many callers that retry without end. Without the database nothing is acknowledged.
 * Without NATS every write that the databases can keep must be acknowledged, and be consumed by all services afterwards.
 * The platform has recovered when it acknowledges as much as before.
 */
export function runOutage({ store, seconds, tell }: OutageOptions): Promise<OutageReport> {
  return onStage(tell, 1, async (stage) => {
    const done = nothingYet()
    let isOver = false
    // The events stored without NATS must be consumed afterwards: few callers for long test more than many for a moment.
    const load = runLoad(stage.target, done, () => isOver, store === 'postgres' ? CROWD : undefined)
    await sleep(WARM_UP_MS)
    const usual = await perSecond(done, MEASURED_MS)
    tell(`${Math.round(usual)} events/s are acknowledged; ${store} goes away for ${seconds} s`)
    stage.scene[store].trouble('BLACK_HOLE')
    const meanwhile = await perSecond(done, seconds * 1_000)
    stage.scene[store].trouble('NONE')
    const ended = Date.now()
    tell(`${Math.round(meanwhile)} events/s were acknowledged meanwhile`)
    while ((await perSecond(done, RECOVERY_WINDOW_MS)) < usual * RECOVERED && Date.now() < ended + 10 * seconds * 1_000);
    const recoveredAfterSeconds = (Date.now() - ended) / 1_000
    tell(`as much as before after ${recoveredAfterSeconds.toFixed(1)} s`)
    isOver = true
    done.giveUpAt = Date.now() + PATIENCE_MS
    await load
    const wrong = await finish(stage, done, tell)
    if (store === 'nats' && meanwhile < usual * KEPT_ON) wrong.push(`${meanwhile} events/s without NATS, wanted ${usual * KEPT_ON}`)
    if (recoveredAfterSeconds > 2 * seconds) wrong.push(`recovered after ${recoveredAfterSeconds} s, wanted ${2 * seconds} s`)
    return { wrong, recoveredAfterSeconds, ...countsOf(done) }
  })
}

const countsOf = (done: Acknowledged) => ({ events: done.events.size, mails: done.addresses.size, tags: done.tags.size })

async function perSecond(done: Acknowledged, ms: number): Promise<number> {
  const before = done.events.size
  await sleep(ms)
  return ((done.events.size - before) * 1_000) / ms
}

type ChaosStage = { client: Client; tenantId: string; target: Target; scene: Omit<Scene, 'random'>; logs: string }

/** Starts the platform behind a network that can fail, on a disk that can be full, under a supervisor; stops all afterwards. */
async function onStage<T>(tell: (line: string) => void, replicas: number, work: (stage: ChaosStage) => Promise<T>): Promise<T> {
  const [folder, secrets, network] = [makeFolder('chaos'), createSecrets(newId()), createNetwork()]
  const [opened, logs] = [openDisk(folder.path), `${folder.path}/logs`]
  const disk = typeof opened === 'string' ? undefined : opened
  if (!disk) tell(`disk-full and power-cut are skipped: ${opened}`)
  const home = disk?.path ?? folder.path
  const settings = { postgresSettings: ['max_wal_size=256MB'], serviceSettings: { RECONCILE_SECONDS } }
  const platform = await startPlatform({
    folder: home,
    logs,
    secrets,
    tell,
    graphiql: false,
    replicas,
    through: network.through,
    ...settings,
  })
  const supervisor = new Supervisor(platform)
  const stop = async () => {
    await supervisor.close()
    await platform.stop()
    network.close()
    disk?.close()
    folder.remove()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop().finally(() => process.exit(1)))
  try {
    const client = createClient(platform.endpoints, secrets)
    const target = await prepareTarget(client)
    const { postgres, nats, natsMonitor: monitor } = platform.endpoints
    const scene = { supervisor, ...network.proxies(), stores: { postgres, nats, monitor }, folder: home, ...(disk ? { disk } : {}) }
    return await work({ client, tenantId: secrets.tenantId, target, scene, logs })
  } finally {
    await stop()
  }
}

/** Runs the checker when the platform is quiet again. @returns one sentence for each difference */
async function finish({ client, tenantId, scene, logs }: ChaosStage, done: Acknowledged, tell: (line: string) => void): Promise<string[]> {
  tell(`${done.events.size} events, ${done.addresses.size} sign-ups and ${done.tags.size} tags were acknowledged`)
  const wrong = await check({ client, tenantId }, done, tell)
  wrong.push(...scene.supervisor.crashes.map((name) => `${name} ended by itself`))
  // A reply to a request of the previous connection is refused, and the request is sent again; no other refusal may happen.
  const denied = readFileSync(`${logs}/nats.log`, 'utf8')
    .split('\n')
    .filter((line) => line.includes('Violation') && !line.includes('"_INBOX.'))
  wrong.push(...denied.slice(0, 5).map((line) => `NATS refused what a service needs: ${line}`))
  if (wrong.length > 0) {
    cpSync(logs, KEPT_LOGS, { recursive: true })
    tell(`the logs of all parts are in ${KEPT_LOGS}`)
  }
  return wrong
}

/** Proxies in front of the stores, through which all parts but the test reach them. */
function createNetwork() {
  const proxies: Proxy[] = []
  return {
    through: async (stores: Stores) => {
      const [postgres, nats] = [new URL(stores.postgres), new URL(stores.nats)]
      proxies.push(await createProxy(Number(postgres.port)), await createProxy(Number(nats.port)))
      postgres.port = String(proxies[0]!.port)
      nats.port = String(proxies[1]!.port)
      return { ...stores, postgres: postgres.href, nats: nats.href }
    },
    proxies: () => ({ postgres: proxies[0]!, nats: proxies[1]! }),
    close: () => {
      for (const proxy of proxies) proxy.close()
    },
  }
}

/** Injects every fault once, in the seed's order, and again until the time is over. */
async function injectAll(scene: Scene, faults: readonly Fault[], seconds: number, tell: (line: string) => void): Promise<string[]> {
  const injected: string[] = []
  const end = Date.now() + seconds * 1_000
  while (injected.length === 0 || Date.now() < end) {
    const round = faults.map((fault) => ({ fault, at: scene.random() })).toSorted((a, b) => a.at - b.at)
    for (const { fault } of round) {
      if (injected.length >= faults.length && Date.now() >= end) break
      await sleep(500 + scene.random() * 1_500)
      tell(`${new Date().toISOString().slice(11, 23)} ${fault.name}`)
      injected.push(fault.name)
      await fault.inject(scene)
    }
  }
  return injected
}
