import { awaitStore } from '../db/await-store.ts'
import { connect } from '../db/db.ts'
import { baseSettings, loadConfig } from '../serve/config.ts'
import { createLog } from '../serve/log.ts'
import { connectBus, declareStream } from './bus.ts'
import type { Handler } from './inbox.ts'
import { reconcileUntilDone } from './reconcile.ts'
import { remember } from './remember.ts'

const settings = baseSettings.pick({
  DATABASE_URL: true,
  RELAY_DATABASE_URL: true,
  NATS_URL: true,
  NATS_MONITOR_URL: true,
  DURABILITY: true,
})

const say = (line: string) => void process.stdout.write(`${line}\n`)

/** `main.ts reconcile <since>`: publishes again the events of the service that consumers lack. The consumers must be running. */
export async function reconcileByHand(service: string): Promise<void> {
  const [since, config] = [readSince(), loadConfig(settings)]
  const [relayDb, bus] = [connect(config.RELAY_DATABASE_URL), await connectBus(config, `${service}-reconcile`, createLog(service, 'error'))]
  await reconcileUntilDone(relayDb, bus, service, since, say)
  await bus.nats.close()
  await relayDb.pool.end()
}

/** `main.ts remember <since>`: restores lost marks of handled events. The service must be stopped, the others must be running. */
export async function rememberByHand(service: string, handlers: readonly Handler[]): Promise<void> {
  const [since, config] = [readSince(), loadConfig(settings)]
  const [db, bus] = [connect(config.DATABASE_URL), await connectBus(config, `${service}-remember`, createLog(service, 'error'))]
  say(`${service}: ${await remember(db, bus, service, handlers, since)} events count as handled again`)
  await bus.nats.close()
  await db.pool.end()
}

const busSettings = baseSettings.pick({
  NATS_URL: true,
  NATS_MONITOR_URL: true,
  DURABILITY: true,
  STREAM_REPLICAS: true,
  STREAM_MAX_BYTES: true,
})

/** `main.ts declare`: creates or updates the stream of the service, so that others can subscribe before the service runs. */
export async function declareByHand(service: string): Promise<void> {
  const config = loadConfig(busSettings)
  const bus = await connectBus(config, `${service}-declare`, createLog(service, 'error'))
  await awaitStore(bus.log, () => declareStream(bus, service))
  await bus.nats.close()
  say(`the stream ${service} is declared, on ${bus.replicas} server(s)`)
}

function readSince(): Date {
  const since = new Date(process.argv[3] ?? '')
  if (Number.isNaN(since.getTime())) throw new Error('Give the start time, such as main.ts reconcile 2026-01-31T10:00:00Z')
  return since
}
