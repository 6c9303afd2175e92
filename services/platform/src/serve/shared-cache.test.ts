import { describe, expect, it } from 'vitest'
import { createSharedCache } from './shared-cache.ts'

describe('a cache that tenants share', () => {
  it('has a limit in bytes, and evicts from the owner with the most bytes, the least used first', () => {
    const cache = createSharedCache<string>(100)
    cache.set('quiet', 'quiet', 20, 'quiet')
    for (let no = 0; no < 50; no++) {
      cache.set(`noisy ${no}`, 'noisy', 20, `noisy ${no}`)
      if (no > 0) cache.get('noisy 0')
    }
    expect(cache.latest(10)).toEqual(['noisy 0', 'noisy 49', 'noisy 48', 'noisy 47', 'quiet'])
  })

  it('does not store a value that is larger than the limit', () => {
    const cache = createSharedCache<string>(100)
    cache.set('small', 'a', 10, 'small')
    cache.set('large', 'a', 101, 'large')
    expect([cache.get('large'), cache.get('small')]).toEqual([undefined, 'small'])
  })
})
