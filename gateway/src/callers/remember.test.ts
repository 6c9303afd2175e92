import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createMemory } from './memory.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('keeps a found value for 30 seconds', async () => {
  const [{ recall }, find] = [createMemory<number>(), vi.fn(async () => 1)]
  await recall(['a'], find)
  vi.advanceTimersByTime(29_999)
  await recall(['a'], find)
  expect(find).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(1)
  await recall(['a'], find)
  await recall(['b'], find)
  expect(find).toHaveBeenCalledTimes(3)
})

it('keeps nothing beyond its own end: a token that has ended is checked again', async () => {
  const ends = Date.now() + 2_000
  const [{ recall }, find] = [createMemory<number>({ endOf: (end) => end }), vi.fn(async () => ends)]
  await recall(['token'], find)
  vi.advanceTimersByTime(2_000)
  await recall(['token'], find)
  expect(find).toHaveBeenCalledTimes(2)
})

it('does not keep a failure', async () => {
  const { recall } = createMemory<number>()
  await expect(recall(['a'], () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await recall(['a'], async () => 1)).toBe(1)
})

it('forgets values that changed, also those that are being found at that moment', async () => {
  const { recall, forget } = createMemory<number>()
  await recall(['a'], async () => 1)
  await recall(['b'], async () => 2)
  const finding = recall(['c'], async () => {
    forget((value) => value === 1)
    return 3
  })
  expect(await finding).toBe(3)
  const again = async () => 9
  expect([await recall(['a'], again), await recall(['b'], again), await recall(['c'], again)]).toEqual([9, 2, 9])
})

it('treats two keys of the same text as two', async () => {
  const { recall } = createMemory<number>()
  await recall(['a|b', 'c'], async () => 1)
  expect(await recall(['a', 'b|c'], async () => 2)).toBe(2)
})

it('keeps at most a number of bytes, and drops the oldest entry first', async () => {
  const { recall } = createMemory<string>({ sizeOf: (value) => value.length })
  for (let no = 0; no < 20; no++) await recall([String(no)], async () => 'x'.repeat(1024 ** 2))
  const find = vi.fn(async () => '')
  await recall(['19'], find)
  expect(find).not.toHaveBeenCalled()
  await recall(['0'], find)
  expect(find).toHaveBeenCalledOnce()
})
