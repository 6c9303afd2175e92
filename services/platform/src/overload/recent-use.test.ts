import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RecentUse } from './recent-use.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

/** Runs requests of tenants for a time. */
function run(use: RecentUse, running: Record<string, number>, ms: number) {
  const all = Object.entries(running).flatMap(([tenant, count]) => Array.from({ length: count }, () => tenant))
  for (const tenant of all) use.change(tenant, 1)
  vi.advanceTimersByTime(ms)
  for (const tenant of all) use.change(tenant, -1)
}

describe('the recent use of places', () => {
  it('is light below an equal part, however the requests are distributed over time', () => {
    const use = new RecentUse()
    run(use, { heavy: 3, other: 1 }, 500)
    expect(['heavy', 'other', 'new'].map((tenant) => use.isLight(tenant, 2))).toEqual([false, true, true])
    for (let no = 0; no < 20; no++) run(use, { other: 4 }, 100)
    expect(['heavy', 'other'].map((tenant) => use.isLight(tenant, 2))).toEqual([true, false])
  })

  it('counts what is running in advance, so that a burst is not light', () => {
    const use = new RecentUse()
    run(use, { quiet: 1 }, 1)
    for (let no = 0; no < 3; no++) use.change('burst', 1)
    expect([use.isLight('burst', 2), use.isLight('quiet', 2)]).toEqual([false, true])
  })

  it('is forgotten', () => {
    const use = new RecentUse()
    run(use, { heavy: 8 }, 1_000)
    vi.advanceTimersByTime(60_000)
    run(use, { other: 1 }, 1_000)
    expect([use.isLight('heavy', 2), use.isLight('other', 2)]).toEqual([true, false])
  })
})
