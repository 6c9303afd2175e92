import { expect, it } from 'vitest'
import { Admission } from './admission.ts'

it.each([2, 8, 64])('of the places for exports among %i a tenant has half at most, and another one gets the rest', async (places) => {
  const admission = new Admission({ atLeast: places, atMost: places, waitMs: 60_000, readPressure: () => 0 })
  const running: string[] = []
  const ask = (tenantId: string) =>
    admission
      .admit({ tenantId, priority: 'EXPORT', kind: 'test' }, () => {
        running.push(tenantId)
        return new Promise<void>(() => undefined)
      })
      .catch(() => undefined)
  for (let no = 0; no < 30; no++) void ask('greedy')
  void ask('victim')
  await new Promise(setImmediate)
  expect(running.filter((one) => one === 'greedy')).toHaveLength(Math.max(2, places / 4) / 2)
  expect(running).toContain('victim')
  admission.stop()
})
