import { SERVICES } from '../compose-supergraph.ts'
import type { Ports } from './ports.ts'

/** Addresses of a running platform. */
export type Endpoints = {
  graphql: string
  /** The endpoint of partners. */
  publicGraphql: string
  intake: string
  issuer: string
  simulator: string
  smtpPort: number
  postgres: string
  nats: string
  natsMonitor: string
  services: Record<string, string>
  metrics: Record<string, string>
}

/** Addresses of the stores. */
export type Stores = { postgres: string; nats: string; monitor: string }

export const local = (port: number) => `http://127.0.0.1:${port}`

export function endpointsOf(ports: Ports, stores: Stores): Endpoints {
  return {
    graphql: `${local(ports.gateway)}/graphql`,
    publicGraphql: `${local(ports.gateway)}/public/graphql`,
    intake: local(ports.intake),
    issuer: local(ports.issuer),
    simulator: local(ports.simulator),
    smtpPort: ports.smtp,
    postgres: stores.postgres,
    nats: stores.nats,
    natsMonitor: stores.monitor,
    services: Object.fromEntries(SERVICES.map((name) => [name, local(ports[name])])),
    metrics: Object.fromEntries([...SERVICES, 'gateway' as const].map((name) => [name, `${local(ports[`${name}Metrics`])}/metrics`])),
  }
}
