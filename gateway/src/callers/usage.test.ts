import { meter } from '@renmai/platform/serve/meter'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { planOf } from '../cost/plan.ts'
import type { Caller } from './authenticate.ts'

const add = vi.fn()
beforeAll(() => {
  vi.spyOn(meter, 'createCounter').mockReturnValue({ add } as never)
})
afterAll(() => void vi.restoreAllMocks())

const caller = (kind: 'STAFF' | 'CLIENT', id: string): Caller => ({
  kind,
  id,
  tenantId: 't',
  scopes: new Set(),
  plan: planOf(1),
  isPartner: false,
})

it('counts used fields by client, staff together, and at most two hundred clients separately', async () => {
  const { countUsage } = await import('./usage.ts')
  const usage = countUsage()
  const touched = { coordinates: ['Query.a', 'A.b'], deprecations: [] }
  usage.note(caller('STAFF', 'li'), touched)
  usage.note(caller('STAFF', 'wang'), touched)
  for (let no = 0; no < 300; no++) usage.note(caller('CLIENT', `client-${no}`), touched)
  usage.stop()
  const counted = new Map(add.mock.calls.map(([times, { client, coordinate }]) => [`${client} ${coordinate}`, times]))
  expect([counted.get('staff Query.a'), counted.get('staff A.b'), counted.get('client-7 A.b'), counted.get('others A.b')]).toEqual([
    2, 2, 1, 100,
  ])
  expect(counted.size).toBe(2 * 202)
})
