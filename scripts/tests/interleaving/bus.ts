import { setTimeout as sleep } from 'node:timers/promises'
import { type Bus, connectBus, declareStream } from '@renmai/platform/events/bus'
import { type Consumption, consumeAll } from '@renmai/platform/events/consume'
import { startRelay } from '@renmai/platform/events/relay'
import { createLog } from '@renmai/platform/serve/log'
import { makeFolder } from '@renmai/platform/testing/folder'
import { startNats } from '@renmai/platform/testing/nats'
import type { Loop } from '@renmai/platform/work/loop'
import { type Carrier, handlersOf, NAMES, type World } from './world.ts'

const POLL_MS = 20

/** Relays and consumers of the five services over a NATS of their own, as their processes run them. */
export async function startBus({ databases }: World): Promise<{ carrier: Carrier; stop: () => Promise<void> }> {
  const folder = makeFolder('interleaving')
  const nats = await startNats({ folder: folder.path, logs: folder.path, syncAlways: false })
  const [buses, relays, consumptions] = [[] as Bus[], [] as Loop[], [] as Consumption[]]
  for (const name of NAMES) {
    const settings = { NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'relaxed-for-tests' } as const
    const bus = await connectBus(settings, name, createLog(name, 'silent'))
    await declareStream(bus, name)
    buses.push(bus)
    relays.push(startRelay(databases[name].relayDb, bus, name))
    consumptions.push(...consumeAll(bus, databases[name].db, name, handlersOf(name)))
  }
  const stop = async () => {
    await Promise.all([...relays, ...consumptions].map((one) => one.stop()))
    await Promise.all(buses.map(({ nats: connection }) => connection.close()))
    await nats.stop()
    folder.remove()
  }
  const isQuiet = async () => {
    for (const name of NAMES)
      if ((await databases[name].owner.query('SELECT 1 FROM outbox WHERE published_at IS NULL LIMIT 1')).rowCount) return false
    // A consumer that does not exist yet has everything before it.
    const idle = await Promise.all(consumptions.map((one) => one.isIdle().catch(() => false)))
    return idle.every(Boolean)
  }
  const all = async () => {
    // What a handler publishes while the others are read shows in the second look.
    for (let calm = 0; calm < 2; await sleep(POLL_MS)) calm = (await isQuiet()) ? calm + 1 : 0
  }
  return { carrier: { some: async () => undefined, all }, stop }
}
