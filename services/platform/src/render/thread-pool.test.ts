import { describe, expect, it } from 'vitest'
import { newId } from '../serve/ids.ts'
import { ThreadPool } from './thread-pool.ts'

const file = new URL('../../test/threads/worker.ts', import.meta.url)
const create = () => new ThreadPool<string[], unknown[]>({ file, threads: 2, cpuMs: 100, memoryMb: 32 })

describe('a thread', () => {
  it.each(['spin', 'fill', 'throw'])('is ended at the item that does nothing but %s, and the next one has a thread again', async (item) => {
    const pool = create()
    expect(await pool.run(newId(), ['echo', item, 'echo'])).toEqual({ stuckAt: 1 })
    expect(await pool.run(newId(), ['echo', 'echo'])).toEqual(['echo', 'echo'])
  })

  it('sees no settings of the process', async () => {
    expect(Object.keys(process.env)).not.toEqual([])
    expect(await create().run(newId(), ['environment'])).toEqual([[]])
  })

  it('that cannot be started is an error, not a fault of the work', async () => {
    const pool = new ThreadPool({ file: new URL('./threads/missing.ts', import.meta.url), threads: 2, cpuMs: 100, memoryMb: 32 })
    await expect(pool.run(newId(), [])).rejects.toThrow(/missing/)
  })
})

it('of two threads one tenant has one', async () => {
  const [pool, attacker] = [create(), newId()]
  const ended: string[] = []
  const note = (name: string) => () => void ended.push(name)
  await Promise.all([
    ...Array.from({ length: 4 }, () => pool.run(attacker, ['spin']).then(note('attacker'))),
    // In turn on the other thread, while the first is taken.
    pool.run(newId(), ['echo']).then(note('other')),
  ])
  expect(ended.indexOf('other')).toBeLessThan(2)
})

it('a tenant whose task got stuck rests while others are served', async () => {
  const [pool, attacker, ended] = [create(), newId(), [] as string[]]
  const run = (tenant: string, name: string) => pool.run(tenant, ['echo']).then(() => void ended.push(name))
  expect(await pool.run(attacker, ['spin'])).toEqual({ stuckAt: 0 })
  const again = run(attacker, 'attacker')
  for (let count = 0; count < 5; count++) await run(newId(), 'other')
  await again
  expect(ended[0]).toBe('other')
})

it('no more than a hundred tasks of a tenant wait', async () => {
  const [pool, tenant] = [create(), newId()]
  const tasks = Array.from({ length: 101 }, () => pool.run(tenant, ['echo']))
  expect(() => pool.run(tenant, ['echo'])).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }))
  expect(await pool.run(newId(), ['echo'])).toEqual(['echo'])
  await Promise.all(tasks)
})

it('a pool that is closed ends its threads', async () => {
  const pool = create()
  const [before] = (await pool.run(newId(), ['thread'])) as [number]
  expect(await pool.run(newId(), ['thread'])).toEqual([before])
  await pool.close()
  expect(await pool.run(newId(), ['thread'])).not.toEqual([before])
})
