import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createMemory } from '../src/remember.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('keeps what was found for 30 seconds', async () => {
  const [remember, find] = [createMemory<number>(), vi.fn(async () => 1)]
  await remember('a', find)
  vi.advanceTimersByTime(29_999)
  await remember('a', find)
  expect(find).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(1)
  await remember('a', find)
  await remember('b', find)
  expect(find).toHaveBeenCalledTimes(3)
})

it('keeps nothing beyond its own end: a token that has ended is checked again', async () => {
  const ends = Date.now() + 2_000
  const [remember, find] = [createMemory<number>((end) => end), vi.fn(async () => ends)]
  await remember('token', find)
  vi.advanceTimersByTime(2_000)
  await remember('token', find)
  expect(find).toHaveBeenCalledTimes(2)
})

it('does not keep a failure', async () => {
  const remember = createMemory<number>()
  await expect(remember('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await remember('a', async () => 1)).toBe(1)
})
