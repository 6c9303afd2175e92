import { withTenant } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { dumpTables } from '@renmai/platform/testing/database'
import { key } from '@renmai/platform/testing/viewers'
import { beforeEach, describe, expect, it } from 'vitest'
import { resolve } from '../../test/fixture.ts'
import { depsOf, finishJobs, matchAll, registerFields, useModel } from '../../test/matching.ts'
import { identitySeed } from '../../test/seed.ts'
import type { ReviewCase } from '../customers/customer.table.ts'
import { decideReviewCase } from '../review-cases/decide-review-case.ts'
import { listReviewCases } from '../review-cases/list-review-cases.ts'
import { activateMatchModel } from './activate-match-model.ts'
import { cancelMatchJob } from './cancel-match-job.ts'
import { labelMatchPair } from './label-match-pair.ts'
import { leaseJob } from './lease-job.ts'
import { listMatchJobs } from './list-match-jobs.ts'
import { listMatchModels } from './list-match-models.ts'
import { matchModelResolvers } from './match-model.resolvers.ts'
import type { MatchJob, MatchModel, MatchSample } from './match-model.table.ts'
import { countWaitingPairs } from './match-settings.queries.ts'
import { proposeByModel } from './propose-by-model.ts'
import { runMatchJobs } from './run-match-jobs.ts'
import { trainMatchModel } from './train-match-model.ts'
import { updateMatchSettings } from './update-match-settings.ts'

const seed = identitySeed()
beforeEach(() => registerFields(seed))
const FAMILIES = '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗'.split('')
const GIVEN = '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚'.split('')

/** Two profiles of each person, of two sources and without a common identifier: the second one may have a wrong digit in its birthday. */
async function meetPeople(count: number): Promise<void> {
  const claims = Array.from({ length: count }, (_none, no) => {
    const name = FAMILIES[no % 20]! + GIVEN[Math.floor(no / 20) % 20]! + GIVEN[(no * 7) % 20]!
    const [year, month, day] = [1950 + ((no * 13) % 50), 1 + ((no * 5) % 9), 10 + ((no * 3) % 19)]
    const ofShop = {
      source: 'shop',
      externalId: newId(),
      name,
      attributes: { birthday: `${year}-0${month}-${day}`, city: ['杭州', '成都', '武汉'][no % 3]! },
    }
    const ofCrm = {
      ...ofShop,
      source: 'crm',
      externalId: newId(),
      attributes: { ...ofShop.attributes, birthday: `${year}-0${month}-${no % 4 === 0 ? (day % 10 === 9 ? day - 1 : day + 1) : day}` },
    }
    return [ofShop, ofCrm]
  }).flat()
  for (let no = 0; no < claims.length; no += 200) await resolve(seed.test, seed.tenant, claims.slice(no, no + 200))
}
const train = () => trainMatchModel(seed.context(), { idempotencyKey: key() })
const activate = (modelId: string, more = {}) => activateMatchModel(seed.context(), { idempotencyKey: key(), modelId, ...more })
const jobs = async () => (await listMatchJobs(seed.context(), {})).nodes as MatchJob[]
const models = async () => (await listMatchModels(seed.context(), {})).nodes as MatchModel[]
const cases = async () => (await listReviewCases(seed.context(), { first: 100 })).nodes as ReviewCase[]
const { work } = { work: (signal = new AbortController().signal) => runMatchJobs.start(depsOf(seed)).work(seed.tenant, signal) }
const makeDue = () =>
  seed.test.owner.query("UPDATE match_jobs SET next_at = now() - interval '1 second' WHERE tenant_id = $1", [seed.tenant])

describe('training', () => {
  it('estimates a model in a job, which compares nobody until it is activated, and then only proposes', async () => {
    await meetPeople(150)
    await train()
    await expect(train()).rejects.toMatchObject({ details: { reason: 'MATCH_JOB_UNFINISHED' } })
    await finishJobs(seed)
    expect(await jobs()).toMatchObject([{ kind: 'TRAIN', state: 'COMPLETED', total: 300, done: 300 }])
    const [model] = await models()
    expect(model).toMatchObject({ number: 1, state: 'PROPOSED', profiles: 300, upper: 0.99 })
    expect(model!.quality.recall.low).toBeLessThanOrEqual(model!.quality.recall.value)
    expect(await cases()).toEqual([])
    const dump = JSON.stringify(await dumpTables(seed.test, ['profiles', 'customers', 'attribute_values']))
    for (const part of ['王伟', '杭州']) expect(dump).not.toContain(part)

    await expect(activate(model!.id, { expectedVersion: 7 })).rejects.toMatchObject({ details: { reason: 'STALE_VERSION' } })
    await expect(activate(model!.id, { lower: 0.9, upper: 0.5 })).rejects.toMatchObject({ details: { reason: 'MATCH_BOUNDS_NOT_VALID' } })
    await activate(model!.id, { expectedVersion: 1 })
    await expect(activate(model!.id)).rejects.toMatchObject({ details: { reason: 'MATCH_MODEL_IS_ACTIVE' } })
    await finishJobs(seed)
    expect((await jobs())[0]).toMatchObject({ kind: 'PROPOSE', state: 'COMPLETED', total: 300, done: 300 })
    const { rows } = await seed.test.owner.query(
      "SELECT count(*)::int AS n FROM review_cases WHERE tenant_id = $1 AND reason = 'PROBABLE_MATCH'",
      [seed.tenant],
    )
    expect(rows[0].n).toBeGreaterThan(130)
    expect(
      (await seed.test.owner.query('SELECT 1 FROM customers WHERE tenant_id = $1 AND merged_into IS NOT NULL', [seed.tenant])).rowCount,
    ).toBe(0)

    const { samples } = matchModelResolvers.MatchModel
    const drawn = (await samples(model!, { first: 100 }, seed.context())) as { nodes: MatchSample[] }
    expect(drawn.nodes.length).toBeGreaterThanOrEqual(20)
    for (const { id: sampleId, probability } of drawn.nodes)
      await labelMatchPair(seed.context(), { idempotencyKey: key(), sampleId, label: probability > 0.5 ? 'SAME' : 'DIFFERENT' })
    const { labelledPrecision, labelledRecall, labelled } = matchModelResolvers.MatchModel
    const ctx = seed.context()
    expect(await labelled(model!, {}, ctx)).toBe(drawn.nodes.length)
    expect((await labelledPrecision(model!, {}, ctx))!.value).toBeGreaterThan(0.9)
    expect((await labelledRecall(model!, {}, ctx))!.value).toBeGreaterThan(0)
    expect((await cases()).length).toBeGreaterThan(0)
  })

  it('goes on where a worker died, and can be cancelled', async () => {
    await meetPeople(300)
    await train()
    const dead = await withTenant(seed.test.db, seed.tenant, leaseJob)
    expect(await work()).toBe(0)
    await makeDue()
    await work()
    await makeDue()
    const [running] = await jobs()
    expect(running).toMatchObject({ state: 'RUNNING', queued: 500, done: 0, total: 600 })
    expect(running!.attemptId).not.toBe(dead!.attemptId)
    await work()
    expect((await jobs())[0]).toMatchObject({ queued: 500 })
    await matchAll(seed)
    await makeDue()
    await work()
    expect((await jobs())[0]).toMatchObject({ queued: 600, done: 500 })
    await cancelMatchJob(seed.context(), { idempotencyKey: key(), jobId: running!.id })
    await makeDue()
    expect(await work()).toBe(0)
    expect((await jobs())[0]).toMatchObject({ state: 'CANCELED', done: 500 })
    const jobId = running!.id
    await expect(cancelMatchJob(seed.context(), { idempotencyKey: key(), jobId })).rejects.toMatchObject({
      details: { reason: 'MATCH_JOB_ENDED' },
    })
    await expect(cancelMatchJob(seed.context(), { idempotencyKey: key(), jobId: newId() })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('fails with its reason where there are too few profiles', async () => {
    await meetPeople(3)
    await train()
    await finishJobs(seed)
    const [job] = await jobs()
    expect(job).toMatchObject({ state: 'FAILED', errorCode: 'TOO_FEW_PROFILES' })
    expect(matchModelResolvers.MatchJob.errorCode(job!)).toBe('TOO_FEW_PROFILES')
    await train()
  })
})

describe('cases by a model', () => {
  const twins = async (count: number) => {
    for (let no = 0; no < count; no++)
      for (const source of ['a', 'b'])
        await seed.meet({ source, name: `李${GIVEN[no]}`, attributes: { birthday: `19${70 + no}-03-1${no}`, city: '杭州' } })
  }

  it('are open as many at one time as the tenant wants; the others wait, and are proposed when there is room', async () => {
    await useModel(seed, { maxOpenCases: 2 })
    await twins(5)
    await matchAll(seed)
    expect(await cases()).toHaveLength(2)
    expect(await countWaitingPairs(seed.context())).toBe(3)
    for (const { id } of await cases())
      await decideReviewCase(seed.context(), { idempotencyKey: key(), reviewCaseId: id, decision: 'DIFFERENT', reason: 'seen' })
    await proposeByModel(seed.context(), { idempotencyKey: key() })
    await finishJobs(seed)
    expect(await cases()).toHaveLength(2)
    expect(await countWaitingPairs(seed.context())).toBe(1)
  })

  it('follow the model that is active now, and settings need a training first', async () => {
    const change = (more: object) => updateMatchSettings(seed.context(), { idempotencyKey: key(), ...more })
    await expect(change({ joinsByModel: true })).rejects.toMatchObject({ details: { reason: 'MATCHING_NOT_STARTED' } })
    await useModel(seed)
    await twins(1)
    await matchAll(seed)
    expect(await cases()).toMatchObject([{ modelVersion: 1 }])
    await useModel(seed, { number: 2, lower: 0.999_999_999_999, upper: 0.999_999_999_999 })
    await proposeByModel(seed.context(), { idempotencyKey: key() })
    await finishJobs(seed)
    expect(await cases()).toEqual([])
    await change({ maxOpenCases: 10, expectedVersion: 1 })
    await expect(change({ maxOpenCases: 20, expectedVersion: 1 })).rejects.toMatchObject({ details: { reason: 'STALE_VERSION' } })
  })
})
