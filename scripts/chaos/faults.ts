import { setTimeout as sleep } from 'node:timers/promises'
import type { Proxy } from './proxy.ts'
import type { Supervisor } from './supervise.ts'

export type Scene = { supervisor: Supervisor; random: () => number; postgres: Proxy; nats: Proxy }

/** A fault that is over when its promise is; what it needs to recover it must find by itself. */
export type Fault = { name: string; inject: (scene: Scene) => Promise<void> }

const SERVICES = ['identity', 'engagement', 'campaign', 'analytics', 'compliance', 'gateway']

const pick = (random: () => number, names: string[]) => names[Math.floor(random() * names.length)]!

const through = (proxy: 'postgres' | 'nats', trouble: Parameters<Proxy['trouble']>[0], seconds: number): Fault => ({
  name: `${proxy}-${trouble.toLowerCase().replace('_', '-')}`,
  inject: async (scene) => {
    scene[proxy].trouble(trouble)
    await sleep(seconds * 1_000)
    scene[proxy].trouble('NONE')
  },
})

export const FAULTS: Fault[] = [
  { name: 'kill-service', inject: async ({ supervisor, random }) => supervisor.kill(pick(random, SERVICES)) },
  { name: 'freeze-service', inject: ({ supervisor, random }) => supervisor.freeze(pick(random, SERVICES), 1_000 + random() * 5_000) },
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
]
