import { describe, expect, it, vi } from 'vitest'
import { createQueue } from './queue.ts'

describe('a queue', () => {
  it('returns pushed values, and ends with an error for a slow reader', async () => {
    const onEnd = vi.fn()
    const { push, values } = createQueue<number>(onEnd)
    for (let no = 0; no < 101; no++) push(no)
    for (let no = 0; no < 100; no++) expect(await values.next()).toEqual({ done: false, value: no })
    await expect(values.next()).rejects.toMatchObject({ extensions: { code: 'TOO_SLOW' } })
    expect(onEnd).toHaveBeenCalledTimes(1)
  })

  it('ends while a reader waits', async () => {
    const onEnd = vi.fn()
    const { push, values } = createQueue<number>(onEnd)
    const waiting = values.next()
    await values.return()
    expect(await waiting).toEqual({ done: true, value: undefined })
    push(1)
    await values.return()
    expect(onEnd).toHaveBeenCalledTimes(1)
  })
})
