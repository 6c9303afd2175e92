import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { complianceSeed } from '../../test/seed.ts'
import type { Consent } from './consent.table.ts'
import { grantConsent } from './grant-consent.ts'
import { withdrawConsent } from './withdraw-consent.ts'

const seed = complianceSeed()
beforeEach(() => seed.people.define())

const NOON = Date.UTC(2026, 5, 1, 12)
const MINUTE_MS = 60_000
type Status = Consent['status']
/** A statement: when it arrives by the server's clock, and which time the client gives, both in milliseconds after noon. */
type Arrival = { status: Status; arrives: number; stated: number | undefined }

async function state(profileId: string, { status, arrives, stated }: Arrival): Promise<void> {
  const ctx = seed.context(() => new Date(NOON + arrives))
  const input = { idempotencyKey: key(), subject: { profileId }, purpose: 'marketing', channel: 'EMAIL', method: 'import' } as const
  const time = { statedAt: stated === undefined ? undefined : new Date(NOON + stated) }
  if (status === 'GRANTED') await grantConsent(ctx, { ...input, ...time, noticeVersion: 1 })
  else await withdrawConsent(ctx, { ...input, ...time })
}

/** Lets statements arrive one after the other for a new person. @returns whether the gate allows a message then */
async function outcomeOf(arrivals: readonly Arrival[]): Promise<boolean> {
  const profileId = await seed.people.meet()
  for (const arrival of arrivals) await state(profileId, arrival)
  return (await seed.people.decide(profileId)).isAllowed
}

/**
 * The rule, statement by statement. One of now decides, whatever came before. An earlier one decides only when it was stated after
 * the one that decides; of the same moment a withdrawal decides.
 */
function expectedOf(arrivals: readonly Arrival[]): boolean {
  let top: { status: Status; time: number } | undefined
  for (const { status, arrives, stated = arrives } of arrivals) {
    const isNow = stated >= arrives || (status === 'WITHDRAWN' && stated >= arrives - MINUTE_MS)
    const after = (top?.time ?? -Infinity) + (status === 'GRANTED' ? 1 : 0)
    if (isNow) top = { status, time: Math.max(arrives, after) }
    else if (!top || stated > top.time || (stated === top.time && status === 'WITHDRAWN')) top = { status, time: stated }
  }
  return top?.status === 'GRANTED'
}

const status = fc.constantFrom<Status>('GRANTED', 'WITHDRAWN')

describe('the effective consent', () => {
  it('of statements of the past does not depend on the order in which they arrive', async () => {
    // Few moments, so that several statements have the same one.
    const past = fc.record({ status, stated: fc.integer({ min: 1, max: 4 }).map((day) => -day * 86_400_000), arrives: fc.constant(0) })
    const lists = fc
      .array(past, { minLength: 1, maxLength: 5 })
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })))
    await fc.assert(
      fc.asyncProperty(lists, async ([list, shuffled]) => {
        const last = list
          .toSorted((a, b) => a.stated - b.stated || (a.status === 'WITHDRAWN' ? 1 : 0) - (b.status === 'WITHDRAWN' ? 1 : 0))
          .at(-1)!
        expect(await outcomeOf(list)).toBe(last.status === 'GRANTED')
        expect(await outcomeOf(shuffled)).toBe(last.status === 'GRANTED')
      }),
      { numRuns: 12 },
    )
  })

  it('of statements of now and of the past, by clocks that differ, is the one of the rule', async () => {
    const step = fc.record({
      status,
      // Also no time at all between two of them, and a server whose clock is a little behind the one before.
      pause: fc.constantFrom(0, 0, 1, -2, 5_000, 5 * MINUTE_MS),
      ahead: fc.option(fc.constantFrom(59_000, 1, 0, -1, -30_000, -MINUTE_MS, -MINUTE_MS - 1, -3_600_000), { nil: undefined }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), async (steps) => {
        let clock = 0
        const arrivals = steps.map(({ status: kind, pause, ahead }) => {
          clock += pause
          return { status: kind, arrives: clock, stated: ahead === undefined ? undefined : clock + ahead }
        })
        expect(await outcomeOf(arrivals)).toBe(expectedOf(arrivals))
      }),
      { numRuns: 25 },
    )
  })

  it('is not brought back by an old consent that arrives late, also not within the minute of a clock that is behind', async () => {
    const granted = { status: 'GRANTED' as const, arrives: 0, stated: undefined }
    const withdrawn = { status: 'WITHDRAWN' as const, arrives: 10_000, stated: undefined }
    for (const stated of [-86_400_000, 0, 5_000, 9_999, 10_000])
      expect(await outcomeOf([granted, withdrawn, { status: 'GRANTED', arrives: 20_000, stated }]), String(stated)).toBe(false)
    expect(await outcomeOf([granted, withdrawn, { status: 'GRANTED', arrives: 20_000, stated: 10_001 }])).toBe(true)
  })

  it('of two people who state concurrently is that of the fact which counts, and each withdrawal that was answered holds', async () => {
    const profileId = await seed.people.meet()
    for (let round = 0; round < 10; round++) {
      await Promise.all([seed.people.grant(profileId), seed.people.withdraw(profileId), seed.people.grant(profileId)])
      const { rows } = await seed.test.owner.query<{ status: Status }>(
        `SELECT status FROM consents f WHERE profile_id = $1 AND NOT EXISTS (SELECT 1 FROM consents o WHERE o.profile_id = $1
           AND (o.at, o.status = 'WITHDRAWN', o.seq) > (f.at, f.status = 'WITHDRAWN', f.seq))`,
        [profileId],
      )
      expect((await seed.people.decide(profileId)).isAllowed).toBe(rows[0]!.status === 'GRANTED')
      await seed.people.withdraw(profileId)
      expect((await seed.people.decide(profileId)).isAllowed).toBe(false)
      await seed.people.grant(profileId)
      expect((await seed.people.decide(profileId)).isAllowed).toBe(true)
    }
  })

  it('of a person who changed their mind ten thousand times is the last one', async () => {
    const profileId = await seed.people.meet()
    await seed.test.owner.query(
      `INSERT INTO consents (tenant_id, id, profile_id, purpose, channel, status, notice_version, method, recorded_by, at)
       SELECT $1, gen_random_uuid(), $2, 'marketing', 'EMAIL', CASE n % 2 WHEN 0 THEN 'GRANTED' ELSE 'WITHDRAWN' END, 1, 'm', 'r',
         now() - interval '1 day' + n * interval '1 ms' FROM generate_series(1, 10000) n`,
      [seed.tenant, profileId],
    )
    expect((await seed.people.decide(profileId)).isAllowed).toBe(true)
    await seed.people.withdraw(profileId)
    expect(await seed.people.decide(profileId)).toMatchObject({ isAllowed: false, reasons: ['WITHDRAWN'] })
    expect((await seed.people.decide(newId())).reasons).toEqual(['NO_CONSENT'])
  })
})
