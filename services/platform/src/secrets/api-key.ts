import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** What an API key says by itself; whether the secret is right, only its owner's service knows. */
export type ApiKey = { tenantId: string; keyId: string; secret: string }

// One environment: a key whose text says another is no key of ours.
const PATTERN = /^rm_live_([0-9a-f]{32})_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})_([0-9a-f]{8})$/
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Text of base-62 digits, each drawn evenly: bytes that would favour the first digits are thrown away. */
function randomText(length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length * 2)) if (byte < 248 && text.length < length) text += ALPHABET[byte % 62]
  }
  return text
}

const checksum = (body: string) => crc32(body).toString(16).padStart(8, '0')

/** A new key of 256 bits, as its owner will write it. */
export function createApiKey(tenantId: string): ApiKey & { text: string } {
  const key = { tenantId, keyId: randomText(12), secret: randomText(43) }
  const body = `rm_live_${tenantId.replaceAll('-', '')}_${key.keyId}_${key.secret}`
  return { ...key, text: `${body}_${checksum(body)}` }
}

/** Reads a key; undefined when it is mistyped, found out by its checksum without asking anybody. */
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
