import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { beforeEach, expect, it } from 'vitest'
import { registerFields, seedSample, useModel } from '../../test/matching.ts'
import { identitySeed } from '../../test/seed.ts'
import type { Context } from '../context.ts'
import { cancelMatchJob } from './cancel-match-job.ts'
import { labelMatchPair } from './label-match-pair.ts'
import type { MatchSample } from './match-model.table.ts'
import { trainMatchModel } from './train-match-model.ts'
import { updateMatchSettings } from './update-match-settings.ts'

const seed = identitySeed()
beforeEach(() => registerFields(seed))

const reader = (): Context => {
  const ctx = seed.context()
  return { ...ctx, viewer: { ...ctx.viewer, scopes: new Set(['customers:read']) } }
}
const sampleOf = async (id: string): Promise<MatchSample> =>
  (await seed.test.owner.query('SELECT label, labelled_by AS "labelledBy" FROM match_samples WHERE id = $1', [id])).rows[0]
const stateOf = async (id: string) => (await seed.test.owner.query('SELECT state FROM match_jobs WHERE id = $1', [id])).rows[0].state

it('only a viewer who may write customers labels a pair, of their own tenant, and takes the label back', async () => {
  const sampleId = await seedSample(seed, await useModel(seed), (await seed.meet()).profileId)
  const label = (ctx: Context, given: 'SAME' | 'DIFFERENT' | null) => labelMatchPair(ctx, { idempotencyKey: key(), sampleId, label: given })
  await expect(label(reader(), 'SAME')).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await expect(label(seed.context(newId()), 'SAME')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(await sampleOf(sampleId)).toEqual({ label: null, labelledBy: null })
  const ctx = seed.context()
  await label(ctx, 'SAME')
  expect(await sampleOf(sampleId)).toEqual({ label: 'SAME', labelledBy: ctx.viewer.id })
  await label(seed.context(), null)
  expect(await sampleOf(sampleId)).toEqual({ label: null, labelledBy: null })
})

it('only a viewer who may write customers cancels a job, of their own tenant, and the next one can begin then', async () => {
  const { jobId } = await trainMatchModel(seed.context(), { idempotencyKey: key() })
  const cancel = (ctx: Context) => cancelMatchJob(ctx, { idempotencyKey: key(), jobId })
  await expect(cancel(reader())).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await expect(cancel(seed.context(newId()))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(await stateOf(jobId)).toBe('WAITING')
  await cancel(seed.context())
  expect(await stateOf(jobId)).toBe('CANCELED')
  await trainMatchModel(seed.context(), { idempotencyKey: key() })
})

it('settings change by the version that was read, by a viewer who may write customers', async () => {
  await useModel(seed)
  const change = (ctx: Context, maxOpenCases: number, expectedVersion?: number) =>
    updateMatchSettings(ctx, { idempotencyKey: key(), maxOpenCases, expectedVersion })
  const settings = async () =>
    (await seed.test.owner.query('SELECT max_open_cases AS most, version FROM match_settings WHERE tenant_id = $1', [seed.tenant])).rows
  await expect(change(reader(), 9)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await change(seed.context(), 10, 1)
  await expect(change(seed.context(), 11, 1)).rejects.toMatchObject({ details: { reason: 'STALE_VERSION' } })
  expect(await settings()).toEqual([{ most: 10, version: 2 }])
  // Of two people who read the same version one is refused.
  const both = await Promise.allSettled([change(seed.context(), 12, 2), change(seed.context(), 13, 2)])
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
})
