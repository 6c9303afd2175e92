import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { newId } from '@renmai/platform/serve/ids'
import { authorization } from '@renmai/platform/testing/nats'
import { stringify } from 'yaml'
import settingsOf from '../../charts/renmai/secret-settings.json' with { type: 'json' }
import { SERVICES } from '../compose-supergraph.ts'
import { busUsers } from '../stack/bus-users.ts'
import { createSecrets, type Secrets, secretSettings } from '../stack/secrets.ts'

export type SecretsOptions = { out: string; release: string; namespace: string; postgres: string; nats: string }

const ROLES = ['owner', 'app', 'relay'] as const

/**
 * Makes all secrets of an installation in a cluster: `secrets.yaml` for kubectl, `provision.sql` for psql as an administrator
 * of PostgreSQL, and `users.conf` for an own NATS. They are stored nowhere else.
 * @throws Error when the folder has secrets already: those of a running installation must not be replaced by accident
 */
export function writeSecrets(options: SecretsOptions, say: (line: string) => void = console.log): void {
  const files = filesOf(createSecrets(newId()), options)
  mkdirSync(options.out, { recursive: true })
  for (const name of Object.keys(files))
    if (existsSync(`${options.out}/${name}`))
      throw new Error(`${options.out}/${name} is there already. Choose another folder, or remove it.`)
  for (const [name, text] of Object.entries(files)) writeFileSync(`${options.out}/${name}`, text, { mode: 0o600 })
  say(`psql --file ${options.out}/provision.sql`)
  say(`kubectl --namespace ${options.namespace} apply --filename ${options.out}/secrets.yaml`)
}

function filesOf(secrets: Secrets, options: SecretsOptions): Record<string, string> {
  const users = authorization(busUsers(secrets))
  const named = { ...partsOf(secrets, options), [`${options.release}-nats-users`]: { 'users.conf': users } }
  const manifests = Object.entries(named).map(([name, stringData]) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: options.namespace, labels: { 'app.kubernetes.io/part-of': 'renmai' } },
    type: 'Opaque',
    stringData,
  }))
  return {
    'secrets.yaml': manifests.map((one) => stringify(one, { lineWidth: 0 })).join('---\n'),
    'provision.sql': provisionSql(secrets),
    'users.conf': users,
  }
}

/** The secrets of each part, by the name of its Secret. */
function partsOf(secrets: Secrets, { release, postgres, nats }: SecretsOptions): Record<string, Record<string, string>> {
  const url = (service: string, role: string) =>
    `postgresql://${service}_${role}:${secrets.rolePasswords[`${service}_${role}`]}@${postgres}/${service}`
  const bus = (part: string) => `nats://${part}:${secrets.busPasswords[part]}@${nats}`
  const shared: Record<string, string> = secretSettings(secrets)
  const parts: Record<string, Record<string, string>> = {
    [`${release}-gateway`]: {
      NATS_URL: bus('gateway'),
      OAUTH_PRIVATE_KEYS: secrets.oauthPrivateKeys,
      ...Object.fromEntries(SERVICES.map((name) => [`${name.toUpperCase()}_SECRET`, secrets.internalSecrets[name]!])),
    },
  }
  for (const name of SERVICES) {
    const databases = { DATABASE_URL: url(name, 'app'), RELAY_DATABASE_URL: url(name, 'relay') }
    parts[`${release}-${name}`] = {
      ...databases,
      NATS_URL: bus(name),
      INTERNAL_SECRETS: secrets.internalSecrets[name]!,
      ...Object.fromEntries(settingsOf[name].map((setting) => [setting, shared[setting]!])),
    }
    parts[`${release}-${name}-migrate`] = { MIGRATE_DATABASE_URL: url(name, 'owner'), ...databases }
  }
  return parts
}

/** Roles with the least rights, and a database for each service. Passwords are letters, digits, - and _. */
function provisionSql({ rolePasswords }: Secrets): string {
  return SERVICES.flatMap((service) => [
    ...ROLES.map(
      (role) =>
        `CREATE ROLE ${service}_${role} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD '${rolePasswords[`${service}_${role}`]}';\n`,
    ),
    `CREATE DATABASE ${service} OWNER ${service}_owner;\n`,
  ]).join('')
}
