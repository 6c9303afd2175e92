import { AppError } from '@renmai/platform/serve/errors'
import { eventually } from '@renmai/platform/testing/eventually'
import { describe, expect, it, vi } from 'vitest'
import { createLookUps } from './look-ups.ts'

const bad = async (): Promise<never> => {
  throw new AppError('UNAUTHENTICATED', 'no')
}

describe('look-ups of keys', () => {
  it('accept a right key however many wrong ones were refused, and while they wait', async () => {
    const { run } = createLookUps(0)
    expect(await run('right', async () => 'caller')).toBe('caller')
    for (let no = 0; no < 300; no++) await expect(run(`wrong ${no}`, bad)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    const gate = Promise.withResolvers<void>()
    const waiting = Array.from({ length: 100 }, (_, no) => run(`unknown ${no}`, () => gate.promise.then(bad)))
    expect(await run('right', async () => 'caller')).toBe('caller')
    gate.resolve()
    expect((await Promise.allSettled(waiting)).every(({ status }) => status === 'rejected')).toBe(true)
    expect(await run('new', async () => 'another')).toBe('another')
  })

  it('of unknown keys are few at a time, and refused as overloaded beyond a number', async () => {
    const { run } = createLookUps(0)
    const gate = Promise.withResolvers<void>()
    let [running, most] = [0, 0]
    const check = async () => {
      most = Math.max(most, ++running)
      await gate.promise
      running--
    }
    const asked = Array.from({ length: 1_500 }, (_, no) => run(`key ${no}`, check))
    await eventually(() => expect(running).toBe(4))
    gate.resolve()
    const ended = await Promise.allSettled(asked)
    expect(most).toBe(4)
    const refused = ended.filter((one) => one.status === 'rejected')
    expect(refused.length).toBe(1_500 - 1_004)
    expect(refused[0]!.reason).toMatchObject({ code: 'UNAVAILABLE' })
  })

  it('answer a refusal late, and the right key next to it immediately', async () => {
    const { run } = createLookUps(3_600_000)
    const refused = vi.fn()
    void run('wrong', bad).catch(refused)
    expect(await run('right', async () => 'caller')).toBe('caller')
    expect(refused).not.toHaveBeenCalled()
  })
})
