import { expect, it } from 'vitest'
import { groupWrites } from './group-writes.ts'

it('combines the items that arrive during a write, and answers each caller', async () => {
  const groups: number[][] = []
  const [began, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const double = groupWrites(async (items: readonly number[]) => {
    groups.push([...items])
    began.resolve()
    await mayEnd.promise
    return items.map((item) => item * 2)
  })
  const first = double(1)
  await began.promise
  const later = [double(2), double(3), double(4)]
  mayEnd.resolve()
  expect(await Promise.all([first, ...later])).toEqual([2, 4, 6, 8])
  expect(groups).toEqual([[1], [2, 3, 4]])
})

it('a write that fails rejects all of its callers, and the next one works', async () => {
  let fails = true
  const write = groupWrites((items: readonly number[]) => (fails ? Promise.reject(new Error('full')) : Promise.resolve([...items])))
  expect((await Promise.allSettled([write(1), write(2)])).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  fails = false
  expect(await write(3)).toBe(3)
})
