import { createCipheriv, createDecipheriv, createSecretKey, hash, hkdfSync, type KeyObject, randomFillSync } from 'node:crypto'
import { AppError } from '../serve/errors.ts'
import { isId } from '../serve/ids.ts'

/**
 * The keys that protect stored data: `{"current": 2, "keys": {"1": "<base64, 32 bytes>", "2": "..."}}`. Old versions
 * stay readable; new data uses the current one.
 */
export type KeyRing = { readonly current: number; readonly keys: ReadonlyMap<number, Buffer> }

const FORMAT = 1
const IV_BYTES = 12
const TAG_BYTES = 16

/** @throws Error when the text is not a key ring with a usable current key */
export function parseKeyRing(text: string): KeyRing {
  const { current, keys } = JSON.parse(text) as { current: number; keys: Record<string, string> }
  const ring = new Map(Object.entries(keys).map(([version, key]) => [Number(version), Buffer.from(key, 'base64')]))
  if (ring.get(current)?.length !== 32) throw new Error('The key ring has no current key of 32 bytes')
  return { current, keys: ring }
}

/** Random bytes for many IVs: a call for each costs as much as the encryption. Each is handed out once. */
const ivs = Buffer.alloc(IV_BYTES * 512)
let usedIvs = ivs.length

function nextIv(): Buffer {
  if (usedIvs === ivs.length) {
    randomFillSync(ivs)
    usedIvs = 0
  }
  usedIvs += IV_BYTES
  return ivs.subarray(usedIvs - IV_BYTES, usedIvs)
}

const MAX_DERIVED = 10_000
/**
 * The key of one tenant for one use. To seal it is a KeyObject: with a Buffer, Node 24 makes an object of the key for each value. To
 * hash it is the two blocks of HMAC (RFC 2104), the key with each byte changed by 0x36 and by 0x5c.
 */
type Key = { readonly object: KeyObject; readonly inner: Buffer; readonly outer: Buffer }
const derived = new WeakMap<Buffer, Map<string, Key>>()

/** A key of one tenant for one use, derived from a version of the ring (HKDF-SHA-256, RFC 5869) and remembered. */
function deriveKey(ring: KeyRing, version: number, tenantId: string, use: string): Key {
  const root = ring.keys.get(version)
  if (!root) throw new AppError('INTERNAL', `Key version ${version} is not in the ring`)
  const keys = derived.get(root) ?? new Map<string, Key>()
  const name = `${tenantId}|${use}`
  const known = keys.get(name)
  if (known) return known
  if (!isId(tenantId)) throw new AppError('INTERNAL', 'A key is derived for a tenant id in its one spelling only')
  const bytes = Buffer.from(hkdfSync('sha256', root, tenantId, use, 32))
  const key = { object: createSecretKey(bytes), inner: blockOf(bytes, 0x36), outer: blockOf(bytes, 0x5c) }
  if (keys.size >= MAX_DERIVED) keys.clear()
  keys.set(name, key)
  derived.set(root, keys)
  return key
}

const HASH_BLOCK = 64
const HASH_BYTES = 32

function blockOf(key: Buffer, change: number): Buffer {
  const block = Buffer.alloc(HASH_BLOCK, change)
  for (const [index, byte] of key.entries()) block[index]! ^= byte
  return block
}

/** What is hashed or authenticated is put together here, unless it is long: memory of its own for each value costs more than the hash. */
const scratch = Buffer.alloc(4_096)
/** UTF-8 bytes of one UTF-16 unit, at most. */
const MAX_UTF8 = 3

/** @returns the bytes followed by the text, until the next call */
function joined(start: Buffer, text: string): Buffer {
  if (start.length + text.length * MAX_UTF8 > scratch.length) return Buffer.concat([start, Buffer.from(text)])
  start.copy(scratch)
  return scratch.subarray(0, start.length + scratch.write(text, start.length))
}

/**
 * Encrypts with AES-256-GCM under the tenant's key. The place it is stored in is bound to it, so that a ciphertext
 * copied to another row, field or tenant does not open.
 * @param place table, column and subject, such as `contact_cards.phone|<profile>`
 * @returns format byte, key version (2 bytes), IV, tag, ciphertext
 */
export function seal(ring: KeyRing, tenantId: string, place: string, plaintext: string): Buffer {
  const header = Buffer.from([FORMAT, ring.current >> 8, ring.current & 0xff])
  const iv = nextIv()
  const cipher = createCipheriv('aes-256-gcm', deriveKey(ring, ring.current, tenantId, 'seal').object, iv)
  cipher.setAAD(joined(header, `${tenantId}|${place}`))
  // As a text, since each Buffer that a cipher returns is memory of its own.
  const body = cipher.update(plaintext, 'utf8', 'latin1') + cipher.final('latin1')
  const sealed = Buffer.allocUnsafe(header.length + IV_BYTES + TAG_BYTES + body.length)
  let at = header.copy(sealed)
  at += iv.copy(sealed, at)
  at += cipher.getAuthTag().copy(sealed, at)
  sealed.write(body, at, 'latin1')
  return sealed
}

/** @throws AppError INTERNAL when the ciphertext was changed or belongs to another place */
export function open(ring: KeyRing, tenantId: string, place: string, sealed: Buffer): string {
  const header = sealed.subarray(0, 3)
  const version = sealed.readUInt16BE(1)
  const iv = sealed.subarray(3, 3 + IV_BYTES)
  const tag = sealed.subarray(3 + IV_BYTES, 3 + IV_BYTES + TAG_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', deriveKey(ring, version, tenantId, 'seal').object, iv)
  decipher.setAAD(Buffer.concat([header, Buffer.from(`${tenantId}|${place}`)]))
  decipher.setAuthTag(tag)
  try {
    return decipher.update(sealed.subarray(3 + IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
  } catch (error) {
    throw new AppError('INTERNAL', 'Stored data could not be decrypted', undefined, { cause: error })
  }
}

/**
 * Returns the same bytes for the same value of one tenant, for look-ups without plaintext. They are of no use without
 * the key. It always uses key version 1, or old rows could not be found. To rotate it, every index must be computed
 * again.
 */
export function blindIndex(ring: KeyRing, tenantId: string, namespace: string, value: string): Buffer {
  const { inner, outer } = deriveKey(ring, 1, tenantId, `index:${namespace}`)
  outer.copy(outerBlock)
  outerBlock.write(sha256(joined(inner, value)), HASH_BLOCK, 'latin1')
  return Buffer.from(sha256(outerBlock), 'latin1')
}

/**
 * HMAC of two hashes in one call each: an object of Node's for each value costs three times as much, and then as much again when
 * memory is collected.
 */
const outerBlock = Buffer.alloc(HASH_BLOCK + HASH_BYTES)
const sha256 = (bytes: Buffer): string => hash('sha256', bytes, 'binary')
