import { describe, expect, it } from 'vitest'
import { idFrom, isId, newId, timeOfId } from './ids.ts'
import { canonical } from './mutate.ts'

describe('ids', () => {
  it('carry their time, and the same parts always give the same one', () => {
    expect(Math.abs(timeOfId(newId()).getTime() - Date.now())).toBeLessThan(1_000)
    expect(idFrom('a', 'bc')).toBe(idFrom('a', 'bc'))
    expect(idFrom('a', 'bc')).not.toBe(idFrom('ab', 'c'))
    expect(isId(idFrom('x'))).toBe(true)
    // Rows of earlier releases have them.
    expect([idFrom('a', 'bc'), idFrom('review', 1), idFrom('人', '脉')]).toEqual([
      '624ce4e2-2aa1-87da-83bf-f3bcb4717e5b',
      'cfd65cb7-0a49-860f-8b05-a5523572104a',
      '1fd03d7c-a6dd-8b15-9bc3-27180a2cb159',
    ])
    expect(isId('../../etc/passwd')).toBe(false)
  })

  it('do not depend on the order of an object in what is hashed', () => {
    expect(canonical({ b: 1, a: { d: 2, c: 3 } })).toBe(canonical({ a: { c: 3, d: 2 }, b: 1 }))
  })
})
