import { describe, expect, it } from 'vitest'
import { readGlobalId, writeGlobalId } from './global-id.ts'
import { newId } from './ids.ts'

describe('a global id', () => {
  it('contains the type of its object', () => {
    const id = newId()
    const text = writeGlobalId('Customer', id)
    expect(text).toMatch(/^[\w-]+$/)
    expect(readGlobalId(text)).toEqual({ type: 'Customer', id })
  })

  it.each([
    '',
    'a',
    newId(),
    Buffer.from('Customer:1').toString('base64url'),
    Buffer.from(`Customer:${newId()}:x`).toString('base64url'),
    Buffer.from(`__proto__:${newId()}`).toString('base64url'),
    '\u0000',
    '💥',
  ])('is not %j', (text) => expect(readGlobalId(text)).toBeUndefined())
})
