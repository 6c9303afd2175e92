import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { CrashPoint } from '@renmai/platform/serve/crash-point'
import consumers from '../../charts/service/consumers.json' with { type: 'json' }
import type { Stores } from '../stack/endpoints.ts'
import { SERVICES } from '../stack/services.ts'
import type { Disk } from './disk.ts'
import type { Proxy } from './proxy.ts'
import { corruptBlock, deleteStream, exhaustConnections } from './stores.ts'
import type { Supervisor } from './supervisor.ts'

export type Scene = {
  supervisor: Supervisor
  random: () => number
  postgres: Proxy
  nats: Proxy
  /** Addresses of the stores themselves, without the proxies. */
  stores: Stores
  /** Folder of the platform's data on disk. */
  folder: string
  /** Undefined where none can be mounted. */
  disk?: Disk
}

/** A fault. It is over when its promise resolves; the platform must recover by itself. */
export type Fault = { name: string; needsDisk?: true; inject: (scene: Scene) => Promise<void> }

const PARTS = [...SERVICES, 'gateway']
/** Services that consume events. */
const CONSUMERS = Object.entries(consumers).flatMap(([name, ofService]) => (ofService.length > 0 ? [name] : []))
const SHIFT_CLOCK = fileURLToPath(new URL('shift-clock.ts', import.meta.url))
const TWO_HOURS_MS = 7_200_000
const CRASH_WITHIN_MS = 12_000
const SHIFTED_MS = 5_000
const FULL_MS = 4_000
const THERE_WITHIN_MS = 30_000

const pick = (random: () => number, names: readonly string[]) => names[Math.floor(random() * names.length)]!

const through = (proxy: 'postgres' | 'nats', trouble: Parameters<Proxy['trouble']>[0], seconds: number): Fault => ({
  name: `${proxy}-${trouble.toLowerCase().replace('_', '-')}`,
  inject: async (scene) => {
    scene[proxy].trouble(trouble)
    await sleep(seconds * 1_000)
    scene[proxy].trouble('NONE')
  },
})

/** Makes one of the services die when it next reaches this point. */
const crashAt = (point: CrashPoint, among: readonly string[]): Fault => ({
  name: `crash-${point}`,
  inject: async ({ supervisor, random }) => {
    const name = pick(random, among)
    const ended = supervisor.endsAgain(name, CRASH_WITHIN_MS)
    supervisor.kill(name, { env: { CRASH_AT: point } })
    // It did not reach the point; it continues without it.
    if (!(await ended)) supervisor.kill(name)
  },
})

const shiftClock = (direction: 1 | -1): Fault => ({
  name: direction > 0 ? 'clock-ahead' : 'clock-behind',
  inject: async ({ supervisor, random }) => {
    const name = pick(random, PARTS)
    // It must run before it is killed again, or its wrong clock would stay permanently.
    await supervisor.restart(name, { env: { NODE_OPTIONS: `--import=${SHIFT_CLOCK}`, CLOCK_SHIFT_MS: String(direction * TWO_HOURS_MS) } })
    await sleep(SHIFTED_MS)
    supervisor.kill(name)
  },
})

/** Waits until the store answers, since the previous fault may not be over: a fault on a stopped store would prove nothing. */
async function untilDone(work: () => Promise<void>): Promise<void> {
  for (const late = Date.now() + THERE_WITHIN_MS; ; await sleep(200)) {
    try {
      return await work()
    } catch (error) {
      if (Date.now() > late) throw error
    }
  }
}

export const FAULTS: Fault[] = [
  { name: 'kill-service', inject: async ({ supervisor, random }) => supervisor.kill(pick(random, PARTS)) },
  { name: 'freeze-service', inject: ({ supervisor, random }) => supervisor.freeze(pick(random, PARTS), 1_000 + random() * 5_000) },
  crashAt('committed', ['engagement', 'identity']),
  crashAt('published', ['identity', 'engagement']),
  crashAt('uncommitted', CONSUMERS),
  crashAt('handled', CONSUMERS),
  crashAt('accepted', ['engagement']),
  { name: 'kill-nats', inject: async ({ supervisor }) => supervisor.kill('nats') },
  { name: 'freeze-nats', inject: ({ supervisor }) => supervisor.freeze('nats', 3_000) },
  { name: 'kill-postgres', inject: async ({ supervisor }) => supervisor.kill('postgres') },
  through('postgres', 'RESET', 0),
  through('postgres', 'DELAY', 2),
  through('postgres', 'BLACK_HOLE', 3),
  through('postgres', 'DROP_REPLIES', 2),
  through('nats', 'RESET', 0),
  through('nats', 'DELAY', 2),
  through('nats', 'BLACK_HOLE', 4),
  through('nats', 'DROP_REPLIES', 2),
  {
    name: 'delete-stream',
    inject: ({ stores, random }) => {
      const stream = pick(random, ['identity', 'engagement', 'campaign'])
      return untilDone(() => deleteStream(stores.nats, stream))
    },
  },
  {
    name: 'corrupt-stream',
    inject: async ({ supervisor, folder, random }) => {
      const stream = pick(random, ['identity', 'engagement', 'compliance'])
      supervisor.kill('nats', { before: () => corruptBlock(folder, stream, random()) })
    },
  },
  { name: 'exhaust-connections', inject: ({ stores }) => untilDone(() => exhaustConnections(stores.postgres, 4_000)) },
  shiftClock(1),
  shiftClock(-1),
  {
    name: 'disk-full',
    needsDisk: true,
    inject: async ({ disk }) => {
      disk!.fill()
      await sleep(FULL_MS)
      disk!.free()
    },
  },
  {
    name: 'power-cut',
    needsDisk: true,
    inject: ({ supervisor, disk }) => supervisor.killTogether(['postgres', 'nats'], () => disk!.cutPower()),
  },
]
