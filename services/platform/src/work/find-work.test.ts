import { expect, it } from 'vitest'
import { countersSeed } from '../../test/counters-seed.ts'
import { newId } from '../serve/ids.ts'
import { findWork } from './find-work.ts'
import type { Due } from './queue.ts'

const seed = countersSeed()

it('finds only the tenants that have work, with the time at which their first piece is due', async () => {
  const [one, two, three, four] = Array.from({ length: 4 }, newId).toSorted()
  await seed.store(one!, 1, 5, 5)
  await seed.store(two!, 1)
  await seed.store(three!, 1, 9)
  await seed.store(four!, 7, 5)
  const at = (value: number) => ({ waiting: `value = ${value}`, at: `now() + (value - 6) * interval '1 second'`, by: 'value' })
  const find = async (...due: Due[]) =>
    (await findWork(seed.test.relayDb, { table: 'counters', due })).map(({ tenantId, inMs }) => [tenantId, Math.round(inMs)])
  expect(await find(at(5))).toEqual([
    [one, -1_000],
    [four, -1_000],
  ])
  expect(await find(at(5), at(9))).toEqual([
    [one, -1_000],
    [three, 3_000],
    [four, -1_000],
  ])
  expect(await find(at(100))).toEqual([])
})
