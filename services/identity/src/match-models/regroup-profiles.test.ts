import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { resolve } from '../../test/fixture.ts'
import { depsOf, finishJobs } from '../../test/matching.ts'
import { identitySeed } from '../../test/seed.ts'
import { cancelMatchJob } from './cancel-match-job.ts'
import { listMatchJobs } from './list-match-jobs.ts'
import type { MatchJob } from './match-model.table.ts'
import { REGROUP_PAGE } from './regroup-page.ts'
import { regroupProfiles } from './regroup-profiles.ts'
import { runMatchJobs } from './run-match-jobs.ts'

const seed = identitySeed()
const rows = async (query: string) => (await seed.test.owner.query(query, [seed.tenant])).rows
const customers = () => rows('SELECT id, customer_id FROM profiles WHERE tenant_id = $1 ORDER BY id')
const newest = async () => ((await listMatchJobs(seed.context(), {})).nodes as MatchJob[])[0]!
const step = () => runMatchJobs.start(depsOf(seed)).work(seed.tenant, new AbortController().signal)
const start = (isDryRun = false) => regroupProfiles(seed.context(), { idempotencyKey: key(), isDryRun })
const regroup = async (isDryRun = false) => {
  await start(isDryRun)
  await finishJobs(seed)
  return newest()
}

/** People who come first as visitors, as a release left them that did not attach these: each profile is a customer by itself. */
async function meetVisitors(count: number): Promise<void> {
  const claims = Array.from({ length: count }, (_none, no) => {
    const of = { source: 'web', others: { anonymous_id: `visit-${no}` } }
    return [
      { ...of, externalId: `visitor-${no}` },
      { ...of, externalId: `person-${no}`, others: { ...of.others, login: `person-${no}` } },
    ]
  }).flat()
  for (let at = 0; at < claims.length; at += 500) await resolve(seed.test, seed.tenant, claims.slice(at, at + 500))
  await rows('UPDATE profiles SET customer_id = home_customer_id WHERE tenant_id = $1')
  await rows('UPDATE customers SET merged_into = NULL WHERE tenant_id = $1')
  await rows('DELETE FROM evidence WHERE tenant_id = $1')
}

describe('a regrouping', () => {
  it('counts in a dry run what it would change, changes that, explains it by the rules of this release, and has nothing left', async () => {
    // Pages end between visitors and their persons.
    await resolve(seed.test, seed.tenant, [{ source: 'shop', externalId: 'first' }])
    await meetVisitors(REGROUP_PAGE)
    const before = await customers()
    const counts = { kind: 'REGROUP', state: 'COMPLETED', total: 2 * REGROUP_PAGE + 1, done: 2 * REGROUP_PAGE + 1, split: 0 }
    expect(await regroup(true)).toMatchObject({ ...counts, isDryRun: true, merged: REGROUP_PAGE })
    expect(await customers()).toEqual(before)
    const from = (await rows('SELECT count(*)::int AS count FROM customer_decisions WHERE tenant_id = $1'))[0].count
    expect(await regroup()).toMatchObject({ ...counts, isDryRun: false, merged: REGROUP_PAGE })
    expect(new Set((await customers()).map(({ customer_id: id }) => id)).size).toBe(REGROUP_PAGE + 1)
    const decisions = await rows(`SELECT rule_version, decided_by FROM customer_decisions WHERE tenant_id = $1 ORDER BY id OFFSET ${from}`)
    expect(decisions).toEqual(decisions.map(() => ({ rule_version: 2, decided_by: 'rule:T3_ANONYMOUS_DEVICE' })))
    expect(decisions).toHaveLength(REGROUP_PAGE)
    expect(await regroup()).toMatchObject({ ...counts, merged: 0 })
  })

  it('goes on after the page of a worker that died, shows its progress, and can be canceled between two pages', async () => {
    await meetVisitors(REGROUP_PAGE)
    const { jobId } = await start()
    await expect(start()).rejects.toMatchObject({ details: { reason: 'MATCH_JOB_UNFINISHED' } })
    expect(await step()).toBe(1)
    const { merged, ...running } = await newest()
    expect(running).toMatchObject({ state: 'RUNNING', total: 2 * REGROUP_PAGE, done: REGROUP_PAGE })
    expect(merged).toBeGreaterThan(0)
    // Another worker claimed the next page and died: its lease ends.
    await rows("UPDATE match_jobs SET attempt_id = gen_random_uuid(), next_at = now() - interval '1 second' WHERE tenant_id = $1")
    await cancelMatchJob(seed.context(), { idempotencyKey: key(), jobId })
    expect(await step()).toBe(0)
    expect(await newest()).toMatchObject({ state: 'CANCELED', done: REGROUP_PAGE })
    await start()
    await step()
    await rows("UPDATE match_jobs SET attempt_id = gen_random_uuid(), next_at = now() - interval '1 second' WHERE tenant_id = $1")
    await finishJobs(seed)
    expect(await newest()).toMatchObject({ state: 'COMPLETED', done: 2 * REGROUP_PAGE, merged: REGROUP_PAGE - merged })
  })
})
