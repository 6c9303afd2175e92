import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@renmai/platform/ids'
import { type Client, createClient } from '../client.ts'
import { type Platform, startPlatform } from '../stack/platform.ts'
import { createSecrets } from '../stack/secrets.ts'

/** The whole platform, in processes of its own and with data of its own, as a test needs it. */
export type Whole = { platform: Platform; client: Client; tenantId: string; stop: () => Promise<void> }

export async function startWhole(): Promise<Whole> {
  const folder = mkdtempSync(join(tmpdir(), 'renmai-whole-'))
  const secrets = createSecrets(newId())
  const platform = await startPlatform({
    folder,
    logs: `${folder}/logs`,
    secrets,
    tell: () => undefined,
    postgresSettings: ['fsync=off', 'synchronous_commit=off'],
  })
  const stop = async () => {
    await platform.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { platform, client: createClient(platform.endpoints, secrets), tenantId: secrets.tenantId, stop }
}
