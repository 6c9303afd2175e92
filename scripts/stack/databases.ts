import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { provisionDatabase } from '@renmai/platform/db/provision'
import { SERVICES } from '../compose-supergraph.ts'
import { type MainOf, sourceOf } from './paths.ts'
import type { Secrets } from './secrets.ts'

type DatabaseSettings = Record<
  (typeof SERVICES)[number],
  { DATABASE_URL: string; RELAY_DATABASE_URL: string; MIGRATE_DATABASE_URL: string }
>

/** Makes each service's database with its roles, and migrates it to the newest schema. */
export async function prepareDatabases(adminUrl: string, secrets: Secrets, mainOf: MainOf = sourceOf): Promise<DatabaseSettings> {
  const settings = {} as DatabaseSettings
  for (const name of SERVICES) {
    const urls = await provisionDatabase(adminUrl, name, (role) => secrets.rolePasswords[role]!)
    settings[name] = { DATABASE_URL: urls.app, RELAY_DATABASE_URL: urls.relay, MIGRATE_DATABASE_URL: urls.owner }
  }
  await Promise.all(SERVICES.map((name) => run([mainOf(name), 'migrate'], { PATH: process.env.PATH, ...settings[name] })))
  return settings
}

/** Identity's database, for the role of another URL. */
export const identityOf = (url: string): string => Object.assign(new URL(url), { pathname: '/identity' }).href

/** Makes the demo's tenant and the owner who signs in; changes nothing when they are there. */
export async function createTenant(
  environment: NodeJS.ProcessEnv,
  { tenantId, loginClientId }: Secrets,
  mainOf: MainOf = sourceOf,
): Promise<void> {
  await run([mainOf('identity'), 'create-tenant', tenantId, '云栖生活 Yunqi Living', 'Asia/Shanghai', 'CNY', loginClientId], environment)
}

async function run(args: string[], environment: NodeJS.ProcessEnv): Promise<void> {
  await promisify(execFile)(process.execPath, args, { env: environment, timeout: 600_000 })
}
