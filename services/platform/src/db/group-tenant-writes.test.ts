import { describe, expect, it } from 'vitest'
import { AppError } from '../serve/errors.ts'
import { eventually } from '../testing/eventually.ts'
import { groupTenantWrites } from './group-tenant-writes.ts'

const [ANN, BOB] = ['tenant-a', 'tenant-b']

/** Writes that double numbers, that fail for -1, and that wait until they are released. */
function stand(patienceMs = 60_000) {
  const writes: { tenantId: string; items: readonly number[]; release: () => void }[] = []
  const write = async (tenantId: string, items: readonly number[]) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    writes.push({ tenantId, items, release: resolve })
    await promise
    if (items.includes(-1)) throw new AppError('INVALID', 'no number')
    if (items.includes(-2)) throw new AppError('UNAVAILABLE', 'no database')
    return items.map((item) => item * 2)
  }
  const grouped = groupTenantWrites(write, { sizeOf: (item) => Math.abs(item), most: 5, patienceMs })
  const written = async (count: number) => {
    await eventually(() => expect(writes.length).toBeGreaterThanOrEqual(count))
    return writes.map(({ tenantId, items }) => [tenantId, ...items])
  }
  const releaseAll = () => {
    for (const { release } of writes) release()
  }
  return { writes, grouped, written, releaseAll }
}

describe('writes of one tenant', () => {
  it('that arrive during a write form the next one, up to its most, and each caller gets its own answer', async () => {
    const { grouped, written, releaseAll } = stand()
    const first = grouped(ANN, 1)
    await written(1)
    const others = [grouped(ANN, 2), grouped(ANN, 3), grouped(ANN, 4), grouped(ANN, 9)]
    releaseAll()
    expect(await first).toBe(2)
    expect(await written(2)).toEqual([
      [ANN, 1],
      [ANN, 2, 3],
    ])
    releaseAll()
    await written(3)
    releaseAll()
    expect(await written(4)).toEqual([
      [ANN, 1],
      [ANN, 2, 3],
      [ANN, 4],
      [ANN, 9],
    ])
    releaseAll()
    expect(await Promise.all(others)).toEqual([4, 6, 8, 18])
  })

  it('do not wait for those of another one', async () => {
    const { grouped, written, writes } = stand()
    const [stuck, free] = [grouped(ANN, 1), grouped(BOB, 2)]
    await written(2)
    writes[1]!.release()
    expect(await free).toBe(4)
    writes[0]!.release()
    expect(await stuck).toBe(2)
  })

  it('fail alone: the others of a failed group are written one by one', async () => {
    const { grouped, written, writes } = stand()
    const outcomes = Promise.allSettled([grouped(ANN, 1), grouped(ANN, -1), grouped(ANN, 2)])
    for (let count = 1; count <= 4; count++) {
      await written(count)
      writes[count - 1]!.release()
    }
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  it('are refused when their caller has given up', async () => {
    const { grouped, written, writes } = stand(20)
    const first = grouped(ANN, 1)
    await written(1)
    const late = grouped(ANN, 2)
    const refused = expect(late).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await new Promise((done) => setTimeout(done, 30))
    writes[0]!.release()
    expect(await first).toBe(2)
    await refused
    expect(writes).toHaveLength(1)
  })

  it('fail together when the database is away', async () => {
    const { grouped, written, releaseAll } = stand()
    const outcomes = Promise.allSettled([grouped(ANN, 1), grouped(ANN, -2)])
    await written(1)
    releaseAll()
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await written(1)).toHaveLength(1)
  })
})
