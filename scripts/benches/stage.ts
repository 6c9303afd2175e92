import { newId } from '@renmai/platform/serve/ids'
import { makeFolder } from '@renmai/platform/testing/folder'
import { type Client, createClient } from '../client.ts'
import { type Platform, startPlatform } from '../stack/platform.ts'
import { createSecrets } from '../stack/secrets.ts'

export type Stage = { platform: Platform; client: Client; tenantId: string; close: () => Promise<void> }

export const say = (line: string) => void process.stdout.write(`${line}\n`)

/** The platform's capacity is measured, not the limit of one caller. Telegram calls https only; the simulator knows where the intake is. */
export const UNLIMITED = { STAFF_POINTS_PER_SECOND: '1000000000', INTAKE_URL: 'https://intake.example' }

/** A platform of its own with production's settings for durability; the services that are not measured are stopped. */
export async function openStage(stopped: string[], replicas = 1): Promise<Stage> {
  const folder = makeFolder('bench')
  const secrets = createSecrets(newId())
  const platform = await startPlatform({
    folder: folder.path,
    logs: `${folder.path}/logs`,
    secrets,
    tell: say,
    graphiql: false,
    replicas,
    serviceSettings: UNLIMITED,
  })
  for (const child of platform.children.filter(({ name }) => stopped.includes(name.replace(/-\d+$/, '')))) await child.stop()
  const close = async () => {
    await platform.stop()
    folder.remove()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close().finally(() => process.exit(1)))
  return { platform, client: createClient(platform.endpoints, secrets), tenantId: secrets.tenantId, close }
}

/** The value below which the given share of the sorted numbers lies. */
export function percentile(numbers: number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
