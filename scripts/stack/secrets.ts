import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { makeOuterFolder, PRIVATE_FILE } from '@renmai/platform/testing/folder'
import { HOME } from './paths.ts'
import { SERVICES } from './services.ts'

/** All secrets of a development installation, made once and stored in one file that only its owner can read. */
export type Secrets = {
  databasePassword: string
  rolePasswords: Record<string, string>
  busPasswords: Record<string, string>
  keyRing: string
  apiKeyPepper: string
  cursorKey: string
  ticketKey: string
  /** The secrets that the gateway shares with each service. */
  internalSecrets: Record<string, string>
  auditPrivateKey: string
  oauthPrivateKeys: string
  loginClientId: string
  loginClientSecret: string
  tenantId: string
}

const text = () => randomBytes(32).toString('base64url')
const ROLES = ['owner', 'app', 'relay']

export function createSecrets(tenantId: string): Secrets {
  const audit = generateKeyPairSync('ed25519')
  const oauth = generateKeyPairSync('ed25519')
  const jwk = (key: typeof audit.privateKey) => JSON.stringify({ ...key.export({ format: 'jwk' }), alg: 'EdDSA' })
  return {
    databasePassword: text(),
    rolePasswords: Object.fromEntries(SERVICES.flatMap((name) => ROLES.map((role) => [`${name}_${role}`, text()]))),
    busPasswords: Object.fromEntries(['operator', 'gateway', ...SERVICES].map((name) => [name, text()])),
    keyRing: JSON.stringify({ current: 1, keys: { 1: randomBytes(32).toString('base64') } }),
    apiKeyPepper: text(),
    cursorKey: text(),
    ticketKey: text(),
    internalSecrets: Object.fromEntries(SERVICES.map((name) => [name, text()])),
    auditPrivateKey: jwk(audit.privateKey),
    oauthPrivateKeys: JSON.stringify({ keys: [{ ...oauth.privateKey.export({ format: 'jwk' }), alg: 'EdDSA', kid: 'oauth-1' }] }),
    loginClientId: 'dev-owner',
    loginClientSecret: text(),
    tenantId,
  }
}

/** Settings that are the same for all services; a service gets those that it declares. */
export const secretSettings = (secrets: Secrets) => ({
  KEY_RING: secrets.keyRing,
  API_KEY_PEPPER: secrets.apiKeyPepper,
  CURSOR_KEY: secrets.cursorKey,
  TICKET_KEY: secrets.ticketKey,
  AUDIT_PRIVATE_KEY: secrets.auditPrivateKey,
})

export function readSecrets(folder = HOME): Secrets {
  const file = `${folder}/secrets.json`
  const stored = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>) : {}
  if (stored.oauthPrivateKeys && stored.internalSecrets) return stored as Secrets
  makeOuterFolder(folder)
  // An older installation may lack a secret; it is made now.
  const secrets = { ...createSecrets('0199f000-0000-7000-8000-000000000001'), ...stored }
  writeFileSync(file, JSON.stringify(secrets, undefined, 2), { mode: PRIVATE_FILE })
  return secrets
}
