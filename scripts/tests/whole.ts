import { newId } from '@renmai/platform/serve/ids'
import { makeFolder } from '@renmai/platform/testing/folder'
import { type Client, createClient } from '../client.ts'
import { recordStreams } from '../recording/streams.ts'
import { type Platform, type PlatformOptions, startPlatform } from '../stack/platform.ts'
import { createSecrets } from '../stack/secrets.ts'

/** Starts the whole platform for a test, in processes of its own and with data of its own. */
export type Whole = { platform: Platform; client: Client; tenantId: string; folder: string; stop: () => Promise<void> }

export async function startWhole(more: Partial<PlatformOptions> = {}): Promise<Whole> {
  const folder = makeFolder('whole')
  const secrets = createSecrets(newId())
  const platform = await startPlatform({
    folder: folder.path,
    logs: `${folder.path}/logs`,
    secrets,
    tell: () => undefined,
    postgresSettings: ['fsync=off', 'synchronous_commit=off'],
    ...more,
  })
  const stop = async () => {
    if (process.env.RECORD_EVENTS) await recordStreams(platform.endpoints.nats, process.env.RECORD_EVENTS)
    await platform.stop()
    folder.remove()
  }
  return { platform, client: createClient(platform.endpoints, secrets), tenantId: secrets.tenantId, folder: folder.path, stop }
}
