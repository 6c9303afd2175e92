import { createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { newId } from '../serve/ids.ts'
import { blindIndex, open, parseKeyRing, seal } from './crypto.ts'

const tenant = newId()
const key = () => randomBytes(32).toString('base64')

describe('sealed data', () => {
  const ring = parseKeyRing(JSON.stringify({ current: 2, keys: { 1: key(), 2: key() } }))

  it('opens only in the place, tenant and key ring it was sealed for', () => {
    const sealed = seal(ring, tenant, 'cards.phone|p1', '+8613912345678')
    expect(open(ring, tenant, 'cards.phone|p1', sealed)).toBe('+8613912345678')
    expect(() => open(ring, tenant, 'cards.phone|p2', sealed)).toThrow()
    expect(() => open(ring, newId(), 'cards.phone|p1', sealed)).toThrow()
    const changed = Buffer.from(sealed)
    changed[changed.length - 1]! ^= 1
    expect(() => open(ring, tenant, 'cards.phone|p1', changed)).toThrow()
  })

  it('of an older key version still opens after the ring moved on', () => {
    const keys = { 1: key(), 2: key() }
    const old = seal(parseKeyRing(JSON.stringify({ current: 1, keys })), tenant, 'x', 'text')
    expect(open(parseKeyRing(JSON.stringify({ current: 2, keys })), tenant, 'x', old)).toBe('text')
  })

  it('never has an IV that other data has', () => {
    const ivs = Array.from({ length: 3_000 }, () => seal(ring, tenant, 'x', 'text').toString('hex', 3, 15))
    expect(new Set(ivs).size).toBe(ivs.length)
  })

  it('is sealed and opened whole, however long it and its place are', () => {
    for (const length of [0, 1, 1_300, 5_000]) {
      const [text, place] = ['脉'.repeat(length), `cards.phone|${'p'.repeat(length)}`]
      expect(open(ring, tenant, place, seal(ring, tenant, place, text))).toBe(text)
    }
  })

  it('has the blind index of HMAC with SHA-256, whatever its length: stored rows are found by it', () => {
    const derived = Buffer.from(hkdfSync('sha256', ring.keys.get(1)!, tenant, 'index:phone', 32))
    for (const value of ['', '+86139', '张三\ud800', 'x'.repeat(55), '脉'.repeat(1_300), 'y'.repeat(4_096), 'z'.repeat(9_000), '+86139'])
      expect(blindIndex(ring, tenant, 'phone', value)).toEqual(createHmac('sha256', derived).update(value).digest())
  })

  it('is found by a blind index that differs per tenant and namespace', () => {
    const index = blindIndex(ring, tenant, 'phone', '+86139').toString('hex')
    expect(blindIndex(ring, tenant, 'phone', '+86139').toString('hex')).toBe(index)
    expect(blindIndex(ring, newId(), 'phone', '+86139').toString('hex')).not.toBe(index)
    expect(blindIndex(ring, tenant, 'email', '+86139').toString('hex')).not.toBe(index)
  })
})
