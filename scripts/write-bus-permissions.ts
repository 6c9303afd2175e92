import { readFileSync, writeFileSync } from 'node:fs'
import type { DescMethodUnary } from '@bufbuild/protobuf'
import { type Permissions, permissionsOf, permissionsOfAsker } from '@renmai/platform/events/permissions'
import { handlersOf, type Service } from '@renmai/platform/serve/service'
import type { z } from 'zod'
import { SERVICES } from './compose-supergraph.ts'
import { BUS_PERMISSIONS, ROOT } from './stack/paths.ts'

/** Renders the file of NATS permissions of each part, derived from what the code of the services needs. */
export async function renderBusPermissions(): Promise<string> {
  const { CHANGES } = (await import(`${ROOT}gateway/src/callers/authenticate.ts`)) as { CHANGES: string[] }
  const { ASKS } = (await import(`${ROOT}gateway/src/asks.ts`)) as { ASKS: DescMethodUnary[] }
  const { BUCKET } = (await import(`${ROOT}gateway/src/cost/share-levels.ts`)) as { BUCKET: string }
  const { readSources } = (await import(`${ROOT}gateway/src/subscriptions/read-sources.ts`)) as {
    readSources: (sdl: string) => Map<string, { types: string[] }>
  }
  const sources = [...readSources(readFileSync(`${ROOT}gateway/supergraph.graphql`, 'utf8')).values()]
  const live = [...new Set(sources.flatMap(({ types }) => types))].map((type) => `${type}.*.*`)
  const users: Record<string, Permissions> = {
    gateway: permissionsOfAsker('gateway', ASKS, [...CHANGES, ...live], BUCKET),
  }
  for (const name of SERVICES) {
    const module = (await import(`${ROOT}services/${name}/src/service.ts`)) as Record<string, Service<z.ZodObject, object>>
    const service = module[name]!
    users[name] = permissionsOf(name, handlersOf(service), service.asks)
  }
  return `${JSON.stringify(users, undefined, 2)}\n`
}

if (import.meta.main) writeFileSync(BUS_PERMISSIONS, await renderBusPermissions())
