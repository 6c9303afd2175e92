import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** The parts of an API key. Only the service that issued the key can decide whether the secret is right. */
export type ApiKey = { tenantId: string; keyId: string; secret: string }

// There is one environment: a key with another environment in its text is not a key of this platform.
const PATTERN = /^rm_live_([0-9a-f]{32})_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})_([0-9a-f]{8})$/
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Random base-62 digits with equal probability: bytes that would favour the first digits are dropped. */
function randomText(length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length * 2)) if (byte < 248 && text.length < length) text += ALPHABET[byte % 62]
  }
  return text
}

const checksum = (body: string) => crc32(body).toString(16).padStart(8, '0')

/** A new key of 256 bits, in the form that its owner sends. */
export function createApiKey(tenantId: string): ApiKey & { text: string } {
  const key = { tenantId, keyId: randomText(12), secret: randomText(43) }
  const body = `rm_live_${tenantId.replaceAll('-', '')}_${key.keyId}_${key.secret}`
  return { ...key, text: `${body}_${checksum(body)}` }
}

/** Reads a key; undefined when it is mistyped. The checksum shows that without a request to another service. */
export function readApiKey(text: string): ApiKey | undefined {
  const match = PATTERN.exec(text)
  if (!match) return undefined
  const [, tenant, keyId, secret, sum] = match as unknown as [string, string, string, string, string]
  if (checksum(text.slice(0, -9)) !== sum) return undefined
  return { tenantId: tenant.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5'), keyId, secret }
}

export function digestSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
