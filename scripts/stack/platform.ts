import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { provisionDatabase } from '@renmai/platform/provision'
import { startNats } from '@renmai/platform/testing/nats'
import { startPostgres } from '@renmai/platform/testing/postgres'
import { type Child, freePort, start } from '@renmai/platform/testing/processes'
import { SERVICES } from '../compose-supergraph.ts'
import { ROOT } from './paths.ts'
import type { Secrets } from './secrets.ts'

/** Where everything of a running platform is. */
export type Endpoints = {
  graphql: string
  intake: string
  issuer: string
  simulator: string
  smtpPort: number
  postgres: string
  nats: string
  natsMonitor: string
  metrics: Record<string, string>
}

export type Platform = { endpoints: Endpoints; children: Child[]; restart: (service: string) => Promise<void>; stop: () => Promise<void> }

export type PlatformOptions = {
  folder: string
  logs: string
  secrets: Secrets
  tell: (line: string) => void
  graphiql?: boolean
  postgresSettings?: string[]
}

type Ports = Record<'postgres' | 'nats' | 'issuer' | 'simulator' | 'smtp' | 'intake' | 'gateway' | (typeof SERVICES)[number], number>

const NAMES = ['postgres', 'nats', 'issuer', 'simulator', 'smtp', 'intake', 'gateway', ...SERVICES] as const

/** The ports of last time where they are free: stored settings, such as the mail server's, name them. */
async function choosePorts(folder: string): Promise<Ports> {
  const file = `${folder}/ports.json`
  const last = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Ports>) : {}
  const ports = {} as Ports
  for (const name of NAMES) ports[name] = await freePort(last[name] ?? (name === 'gateway' ? 4000 : 0))
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, JSON.stringify(ports))
  return ports
}

/** Starts the whole platform, each part in its own process, and resolves when all of it answers. */
export async function startPlatform({
  folder,
  logs,
  secrets,
  tell,
  graphiql = true,
  postgresSettings = [],
}: PlatformOptions): Promise<Platform> {
  const ports = await choosePorts(folder)
  const children: Child[] = []
  const keep = async <C extends Child>(child: Promise<C>): Promise<C> => {
    const started = await child
    children.push(started)
    return started
  }
  const stop = async () => {
    // In the reverse order, but the services together: each drains by itself.
    const [stores, others] = [children.splice(0, 2), children.splice(0)]
    await Promise.all(others.map((child) => child.stop()))
    await Promise.all(stores.map((child) => child.stop()))
  }
  try {
    const [postgres, nats] = await Promise.all([
      keep(
        startPostgres({
          folder: `${folder}/postgres`,
          password: secrets.databasePassword,
          port: ports.postgres,
          logs,
          settings: postgresSettings,
        }),
      ),
      keep(startNats({ folder: `${folder}/nats`, port: ports.nats, logs })),
    ])
    tell('PostgreSQL and NATS answer')
    const settings = await prepareDatabases(postgres.url, secrets)
    tell('databases are at the newest schema')
    const base = {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: `${folder}/compile-cache`,
      HOME: process.env.HOME,
      NATS_URL: nats.url,
      NATS_MONITOR_URL: nats.monitorUrl,
      LOG_LEVEL: 'info',
      INTERNAL_PUBLIC_KEY: secrets.internalPublicKey,
      KEY_RING: secrets.keyRing,
      API_KEY_PEPPER: secrets.apiKeyPepper,
      CURSOR_KEY: secrets.cursorKey,
      TICKET_KEY: secrets.ticketKey,
      AUDIT_PRIVATE_KEY: secrets.auditPrivateKey,
      WECOM_API_URL: `http://127.0.0.1:${ports.simulator}`,
      INTAKE_PORT: String(ports.intake),
    }
    const runService = (name: (typeof SERVICES)[number]) => {
      const url = `http://127.0.0.1:${ports[name]}`
      return start(name, process.execPath, [`${ROOT}services/${name}/src/main.ts`], {
        logs,
        env: { ...base, ...settings[name], PORT: String(ports[name]) },
        poll: async () => (await fetch(`${url}/readyz`)).ok,
      })
    }
    await createTenant({ ...base, ...settings.identity }, secrets)
    const issuer = `http://127.0.0.1:${ports.issuer}`
    const isReady = (line: string) => line.startsWith('READY')
    await Promise.all([
      ...SERVICES.map((name) => keep(runService(name))),
      keep(
        start('simulator', process.execPath, [`${ROOT}scripts/simulator/main.ts`, String(ports.simulator), String(ports.smtp)], {
          logs,
          ready: isReady,
        }),
      ),
      keep(
        start(
          'issuer',
          process.execPath,
          [`${ROOT}scripts/issuer/main.ts`, String(ports.issuer), secrets.loginClientId, secrets.loginClientSecret, secrets.tenantId],
          { logs, ready: isReady },
        ),
      ),
    ])
    tell('five services answer')
    const urls = Object.fromEntries(SERVICES.map((name) => [`${name.toUpperCase()}_URL`, `http://127.0.0.1:${ports[name]}/graphql`]))
    const gateway = {
      ...base,
      ...urls,
      PORT: String(ports.gateway),
      OIDC_ISSUER: issuer,
      OIDC_JWKS_URL: `${issuer}/jwks`,
      OIDC_AUDIENCE: 'urn:renmai:api',
      INTERNAL_PRIVATE_KEY: secrets.internalPrivateKey,
      GRAPHIQL: graphiql ? 'on' : 'off',
    }
    await keep(
      start('gateway', process.execPath, [`${ROOT}gateway/src/main.ts`], {
        logs,
        env: gateway,
        poll: async () => (await fetch(`http://127.0.0.1:${ports.gateway}/readyz`)).ok,
      }),
    )
    const restart = async (name: string) => {
      const index = children.findIndex((child) => child.name === name)
      await children[index]!.stop()
      children[index] = await runService(name as (typeof SERVICES)[number])
    }
    const metrics = Object.fromEntries([...SERVICES, 'gateway' as const].map((name) => [name, `http://127.0.0.1:${ports[name]}/metrics`]))
    const endpoints = {
      graphql: `http://127.0.0.1:${ports.gateway}/graphql`,
      intake: `http://127.0.0.1:${ports.intake}`,
      issuer,
      simulator: `http://127.0.0.1:${ports.simulator}`,
      smtpPort: ports.smtp,
      postgres: postgres.url,
      nats: nats.url,
      natsMonitor: nats.monitorUrl,
      metrics,
    }
    return { endpoints, children, restart, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type DatabaseSettings = Record<
  (typeof SERVICES)[number],
  { DATABASE_URL: string; RELAY_DATABASE_URL: string; MIGRATE_DATABASE_URL: string }
>

async function prepareDatabases(adminUrl: string, secrets: Secrets): Promise<DatabaseSettings> {
  const settings = {} as DatabaseSettings
  for (const name of SERVICES) {
    const urls = await provisionDatabase(adminUrl, name, (role) => secrets.rolePasswords[role]!)
    settings[name] = { DATABASE_URL: urls.app, RELAY_DATABASE_URL: urls.relay, MIGRATE_DATABASE_URL: urls.owner }
  }
  await Promise.all(
    SERVICES.map((name) => run([`${ROOT}services/${name}/src/main.ts`, 'migrate'], { PATH: process.env.PATH, ...settings[name] })),
  )
  return settings
}

async function createTenant(environment: NodeJS.ProcessEnv, { tenantId, loginClientId }: Secrets): Promise<void> {
  await run(
    [`${ROOT}services/identity/src/main.ts`, 'create-tenant', tenantId, '云栖生活 Yunqi Living', 'Asia/Shanghai', 'CNY', loginClientId],
    environment,
  )
}

async function run(args: string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const { execFile } = await import('node:child_process')
  const { promisify } = await import('node:util')
  await promisify(execFile)(process.execPath, args, { env: environment, timeout: 120_000 })
}
