import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { makePrivateFolder } from '@renmai/platform/testing/folder'
import { startNats } from '@renmai/platform/testing/nats'
import { startPostgres } from '@renmai/platform/testing/postgres'
import { allStarted, type Child, start } from '@renmai/platform/testing/processes'
import { SERVICES } from '../compose-supergraph.ts'
import { APP_REDIRECT_URIS, EXPLORER } from '../issuer/clients.ts'
import { accountOf } from '../issuer/people.ts'
import { platforms } from '../simulator/platforms.ts'
import { asUser, busUsers } from './bus-users.ts'
import { createTenant, identityOf, prepareDatabases } from './databases.ts'
import { type Endpoints, endpointsOf, local, type Stores } from './endpoints.ts'
import { type MainOf, ROOT, sourceOf } from './paths.ts'
import { choosePorts, type Ports } from './ports.ts'
import { type Secrets, secretSettings } from './secrets.ts'
import { type Replica, spread } from './spread.ts'

export type Platform = {
  endpoints: Endpoints
  secrets: Secrets
  children: Child[]
  restart: (service: string, more?: NodeJS.ProcessEnv) => Promise<void>
  /** Runs a service's command, such as reconcile, with that service's settings; resolves to its output. */
  command: (service: string, ...args: string[]) => Promise<string>
  stop: () => Promise<void>
}

export type PlatformOptions = {
  folder: string
  logs: string
  secrets: Secrets
  tell: (line: string) => void
  graphiql?: boolean
  postgresSettings?: string[]
  /** Ports that all parts get as those of the services; by default the real ones. */
  behind?: (ports: Ports) => Promise<Ports>
  /** The program of each part; its source by default. */
  mainOf?: MainOf
  /** Number of processes of each service and of the gateway, behind a balancer; one by default. */
  replicas?: number
  /** More settings for every service. */
  serviceSettings?: NodeJS.ProcessEnv
  /** Addresses that the services get as those of the stores; by default the real ones. */
  through?: (stores: Stores) => Promise<Stores>
}

/** Starts the whole platform, each part in its own process, and resolves when all of it answers. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { mainOf = sourceOf } = options
  const place = placeOf(options)
  const ports = await choosePorts(options.folder)
  makePrivateFolder(`${options.folder}/compile-cache`)
  const children: Child[] = []
  const closing: (() => void)[] = []
  const stop = async () => {
    await stopAll(children)
    for (const close of closing) close()
  }
  try {
    const stores = await startStores(options, ports, children)
    options.tell('PostgreSQL and NATS answer')
    const seen = (await options.through?.(stores)) ?? stores
    const databases = await prepareDatabases(seen.postgres, options.secrets, mainOf)
    options.tell('databases are at the newest schema')
    const environment = environmentOf(options, ports, seen)
    const { shown: balanced, more: replicas, close } = await spread(ports, options.replicas ?? 1)
    closing.push(close)
    const shown = (await options.behind?.(ports)) ?? balanced
    await createTenant({ ...environment, ...databases.identity, NATS_URL: seen.nats }, options.secrets, mainOf)
    const environmentFor = (name: ServiceName) => ({
      ...environment,
      ...databases[name],
      NATS_URL: asUser(seen.nats, options.secrets, name),
      INTERNAL_SECRETS: options.secrets.internalSecrets[name],
      METRICS_PORT: String(ports[`${name}Metrics`]),
    })
    const runService = (name: ServiceName) => keep(children, startService(name, [mainOf(name)], environmentFor(name), ports[name], place))
    await allStarted([...SERVICES.map(runService), ...startOutside(options, ports, shown, stores, children)])
    options.tell('five services answer')
    const gatewayEnvironment = { ...environment, NATS_URL: asUser(seen.nats, options.secrets, 'gateway') }
    await keep(children, startGateway('gateway', gatewayEnvironment, options, ports, shown))
    const runReplica = (one: Replica) =>
      one.part === 'gateway'
        ? startGateway(one.name, gatewayEnvironment, options, { ...ports, gateway: one.port, gatewayMetrics: one.metrics }, shown)
        : startService(one.name, [mainOf(one.part)], { ...environmentFor(one.part), ...othersOf(one) }, one.port, place)
    await allStarted(replicas.map((one) => keep(children, runReplica(one))))
    const restart = async (name: string, more?: NodeJS.ProcessEnv) => {
      const index = children.findIndex((child) => child.name === name)
      await children[index]!.stop()
      children[index] = await children[index]!.again(more)
    }
    const command = async (name: string, ...args: string[]) => {
      const env = environmentFor(name as ServiceName)
      const { stdout } = await promisify(execFile)(process.execPath, [mainOf(name), ...args], {
        env,
        timeout: 600_000,
      })
      return stdout
    }
    return { endpoints: endpointsOf(shown, stores), secrets: options.secrets, children, restart, command, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The ports of a replica beside its first one. */
const othersOf = ({ intake, metrics }: Replica) => ({ INTAKE_PORT: String(intake), METRICS_PORT: String(metrics) })

type ServiceName = (typeof SERVICES)[number]
type Environment = Record<string, string | undefined>

async function keep<C extends Child>(children: Child[], starting: Promise<C>): Promise<C> {
  const child = await starting
  children.push(child)
  return child
}

/** Stops the stores last. The others stop together; each drains by itself. */
async function stopAll(children: Child[]): Promise<void> {
  const [stores, others] = [children.splice(0, 2), children.splice(0)]
  await Promise.all(others.map((child) => child.stop()))
  await Promise.all(stores.map((child) => child.stop()))
}

async function startStores(
  { folder, logs, secrets, postgresSettings = [] }: PlatformOptions,
  ports: Ports,
  children: Child[],
): Promise<Stores> {
  const [postgres, nats] = await allStarted([
    keep(
      children,
      startPostgres({
        folder: `${folder}/postgres`,
        password: secrets.databasePassword,
        port: ports.postgres,
        logs,
        settings: postgresSettings,
      }),
    ),
    keep(children, startNats({ folder: `${folder}/nats`, port: ports.nats, logs, users: busUsers(secrets) })),
  ])
  return { postgres: postgres.url, nats: asUser(nats.url, secrets, 'operator'), monitor: nats.monitorUrl }
}

function environmentOf({ folder, secrets, serviceSettings }: PlatformOptions, ports: Ports, stores: Stores): Environment {
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_COMPILE_CACHE: `${folder}/compile-cache`,
    NATS_MONITOR_URL: stores.monitor,
    ...secretSettings(secrets),
    INTAKE_URL: local(ports.intake),
    PLATFORM_URLS: JSON.stringify(Object.fromEntries(Object.keys(platforms).map((kind) => [kind, local(ports.simulator)]))),
    // The simulator's mailbox is on this machine, and so are developers' webhook endpoints.
    EGRESS_ALLOW: `127.0.0.1:${ports.smtp}/smtp,127.0.0.1:1024-65535/webhook`,
    INTAKE_PORT: String(ports.intake),
    GATEWAY_URL: local(ports.gateway),
    ...serviceSettings,
  }
}

type Place = { logs: string; cwd: string }

/** Parts run in an empty folder: code that reads below it by mistake finds no secrets, data or code. */
function placeOf({ logs }: PlatformOptions): Place {
  // Not beside the data: a disk that a part works on cannot be unmounted.
  const cwd = `${logs}/empty`
  makePrivateFolder(cwd)
  return { logs, cwd }
}

/** A restarted part may listen on another port. */
const isReady = async ({ PORT }: NodeJS.ProcessEnv) => (await fetch(`${local(Number(PORT))}/readyz`)).ok

function startService(name: string, args: string[], environment: Environment, port: number, place: Place): Promise<Child> {
  return start(name, process.execPath, args, {
    ...place,
    env: { ...environment, PORT: String(port) },
    poll: isReady,
  })
}

/** Stand-ins for the outside world: the platforms and the company's identity provider. */
function startOutside({ logs, secrets }: PlatformOptions, ports: Ports, shown: Ports, stores: Stores, children: Child[]): Promise<Child>[] {
  const ready = (line: string) => line.startsWith('READY')
  const { loginClientId, loginClientSecret, tenantId } = secrets
  // In the environment, since every user of the machine reads command lines.
  const env = {
    ...process.env,
    LOGIN_CLIENT_SECRET: loginClientSecret,
    IDENTITY_ADMIN_URL: identityOf(stores.postgres),
    EXPLORER_REDIRECT_URIS: [local(shown.gateway), `http://localhost:${shown.gateway}`].map((url) => `${url}/`).join(','),
    APP_REDIRECT_URIS: process.env.RENMAI_REDIRECT_URIS ?? APP_REDIRECT_URIS.join(','),
  }
  const simulator = [`${ROOT}scripts/simulator/main.ts`, String(ports.simulator), String(ports.smtp)]
  const issuer = [`${ROOT}scripts/issuer/main.ts`, String(ports.issuer), loginClientId, tenantId]
  return [
    keep(children, start('simulator', process.execPath, simulator, { logs, ready })),
    keep(children, start('issuer', process.execPath, issuer, { logs, ready, env })),
  ]
}

function startGateway(name: string, environment: Environment, options: PlatformOptions, ports: Ports, shown: Ports): Promise<Child> {
  const { secrets, graphiql = true, mainOf = sourceOf } = options
  const urls = Object.fromEntries(SERVICES.map((name) => [`${name.toUpperCase()}_URL`, `${local(shown[name])}/graphql`]))
  const shared = Object.fromEntries(SERVICES.map((name) => [`${name.toUpperCase()}_SECRET`, secrets.internalSecrets[name]]))
  const issuer = local(ports.issuer)
  const env = {
    ...environment,
    ...urls,
    ...shared,
    PORT: String(ports.gateway),
    METRICS_PORT: String(ports.gatewayMetrics),
    OIDC_ISSUER: issuer,
    OIDC_JWKS_URL: `${issuer}/jwks`,
    OIDC_AUDIENCE: 'urn:renmai:api',
    OAUTH_ISSUER: local(shown.gateway),
    OAUTH_PRIVATE_KEYS: secrets.oauthPrivateKeys,
    GRAPHIQL: graphiql ? 'on' : 'off',
    EXPLORER_CLIENT_ID: EXPLORER,
    EXPLORER_SCOPE: 'openid profile',
    EXPLORER_PARAMS: String(new URLSearchParams({ login_hint: accountOf({ tenantId: secrets.tenantId, subject: secrets.loginClientId }) })),
  }
  return start(name, process.execPath, [mainOf('gateway')], { ...placeOf(options), env, poll: isReady })
}
