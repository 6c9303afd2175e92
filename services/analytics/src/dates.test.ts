import { key } from '@renmai/platform/testing/viewers'
import { expect, it } from 'vitest'
import { readAttribution } from './attribution/read-attribution.ts'
import type { Context } from './context.ts'
import { readKpis } from './kpis/read-kpis.ts'
import { computeRfm } from './rfm/compute-rfm.ts'

/** Nothing is read from the context: the input is checked first. */
const ctx = {} as Context

it.each([
  ['attribution', (day: string) => readAttribution(ctx, { model: 'LINEAR', from: `${day}T00:00:00Z`, to: `${day}T00:00:01Z` })],
  ['numbers by day', (day: string) => readKpis(ctx, { from: day, to: day })],
  ['RFM', (day: string) => computeRfm(ctx, { idempotencyKey: key(), asOf: day })],
])('%s before 1990 or from 2100 on is refused', async (_what, read) => {
  for (const day of ['0001-01-01', '1989-12-31', '2100-01-02']) await expect(read(day)).rejects.toMatchObject({ code: 'INVALID' })
})
