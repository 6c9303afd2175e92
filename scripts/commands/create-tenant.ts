import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { identityOf } from '../stack/databases.ts'
import { sourceOf } from '../stack/paths.ts'
import { readSecrets } from '../stack/secrets.ts'
import { requireState } from '../stack/state.ts'

export type CreateTenantOptions = { zone: string; currency: string; owner?: string }

/** Creates a tenant in the running platform by identity's command, as an operator does, and prints its id. */
export async function createTenant(name: string, { zone, currency, owner }: CreateTenantOptions): Promise<void> {
  const { endpoints } = requireState()
  const { loginClientId, rolePasswords } = readSecrets()
  const url = Object.assign(new URL(identityOf(endpoints.postgres)), { username: 'identity_app', password: rolePasswords.identity_app })
  const args = [sourceOf('identity'), 'create-tenant', 'new', name, zone, currency, owner ?? loginClientId]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { PATH: process.env.PATH, DATABASE_URL: url.href } })
  process.stdout.write(stdout)
}
