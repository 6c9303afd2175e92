import { freePort } from '@renmai/platform/testing/processes'
import { SERVICES } from '../compose-supergraph.ts'
import { type Balancer, balance } from './balance.ts'
import type { Ports } from './ports.ts'

type Part = (typeof SERVICES)[number] | 'gateway'
/** One more process of a part, and its ports. */
export type Replica = { part: Part; name: string; port: number; intake: number; metrics: number }
export type Spread = {
  /** Ports that all parts get as those of the others: the balancers in front of all replicas. */
  shown: Ports
  /** Processes that run beside the first of each part. */
  more: readonly Replica[]
  close: () => void
}

/** Chooses ports for several processes of each part and starts a balancer in front of each part. */
export async function spread(ports: Ports, replicas: number): Promise<Spread> {
  const [more, balancers, shown] = [[] as Replica[], [] as Balancer[], { ...ports }]
  const open = async (name: 'intake' | Part, others: readonly number[]) => {
    const balancer = await balance([ports[name], ...others])
    balancers.push(balancer)
    shown[name] = balancer.port
  }
  if (replicas > 1) {
    for (const part of [...SERVICES, 'gateway'] as const) {
      for (let no = 2; no <= replicas; no++)
        more.push({ part, name: `${part}-${no}`, port: await freePort(), intake: await freePort(), metrics: await freePort() })
      const mine = more.filter((one) => one.part === part)
      await open(
        part,
        mine.map(({ port }) => port),
      )
      if (part !== 'engagement') continue
      await open(
        'intake',
        mine.map(({ intake }) => intake),
      )
    }
  }
  const close = () => {
    for (const balancer of balancers) balancer.close()
  }
  return { shown, more, close }
}
