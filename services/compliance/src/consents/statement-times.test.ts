import { newId } from '@renmai/platform/serve/ids'
import { describe, expect, it } from 'vitest'
import { complianceSeed } from '../../test/seed.ts'

const seed = complianceSeed()
const grant = (profile: string, more: object) => seed.people.grant(profile, 'marketing', 'EMAIL', more)
const factOf = async ({ id }: { id: string }) => (await seed.context().load.consent.load(id))!

describe('the time of a consent', () => {
  it.each(['0001-01-01T00:00:00Z', '1989-12-31T23:59:59Z', '+275760-09-13T00:00:00Z', '2999-01-01T00:00:00Z'])(
    'of %s is refused',
    async (time) => {
      await seed.people.define()
      const said = grant(await seed.people.meet(), { statedAt: new Date(time) })
      await expect(said).rejects.toMatchObject({ code: 'INVALID', fields: { statedAt: expect.any(String) } })
    },
  )

  it('a minute ahead is now: the consent does not count over a later withdrawal', async () => {
    await seed.people.define()
    const profile = await seed.people.meet()
    const before = Date.now()
    const { at } = await factOf(await grant(profile, { statedAt: new Date(before + 59_000) }))
    expect(at.getTime()).toBeLessThan(before + 59_000)
    expect(await seed.people.decide(profile)).toMatchObject({ isAllowed: true })
    await seed.people.withdraw(profile)
    expect(await seed.people.decide(profile)).toMatchObject({ isAllowed: false, reasons: ['WITHDRAWN'] })
    await expect(grant(profile, { statedAt: new Date(Date.now() + 3_600_000) })).rejects.toMatchObject({ code: 'INVALID' })
  })

  it('of another process, whose clock is ahead, does not count over a later withdrawal either', async () => {
    await seed.people.define()
    const profile = await seed.people.meet()
    await grant(profile, {})
    // The clock of this process is behind the one that stored the fact.
    await seed.test.owner.query("UPDATE consents SET at = at + interval '20 seconds' WHERE tenant_id = $1", [seed.tenant])
    await seed.people.withdraw(profile)
    expect(await seed.people.decide(profile)).toMatchObject({ isAllowed: false, reasons: ['WITHDRAWN'] })
  })

  it('before a withdrawal does not undo it', async () => {
    await seed.people.define()
    const profile = await seed.people.meet()
    await seed.people.withdraw(profile)
    await grant(profile, { statedAt: new Date('2020-01-01'), noticeVersion: 1 })
    expect(await seed.people.decide(profile)).toMatchObject({ isAllowed: false, reasons: ['WITHDRAWN'] })
  })
})

describe('the notice of a consent', () => {
  const DAY_MS = 86_400_000
  const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS)
  /** A purpose whose two notices were in force since three days ago and since yesterday. */
  async function defineLongAgo(): Promise<string> {
    await seed.people.define()
    await seed.people.redefine({ noticeText: 'we write to you more often' })
    for (const [version, days] of [
      [1, 3],
      [2, 1],
    ] as const)
      await seed.test.owner.query('UPDATE notices SET created_at = $3 WHERE tenant_id = $1 AND version = $2', [
        seed.tenant,
        version,
        daysAgo(days),
      ])
    return seed.people.meet()
  }

  it('is the one that was in force when the person agreed', async () => {
    const profile = await defineLongAgo()
    expect(await factOf(await grant(profile, { statedAt: daysAgo(2) }))).toMatchObject({ noticeVersion: 1 })
    expect(await seed.people.decide(profile)).toMatchObject({ isAllowed: false, reasons: ['STALE_NOTICE'] })
    expect(await factOf(await grant(profile, { statedAt: daysAgo(0.5) }))).toMatchObject({ noticeVersion: 2 })
    expect(await factOf(await grant(profile, {}))).toMatchObject({ noticeVersion: 2 })
  })

  it('is the named one, which must exist', async () => {
    const profile = await defineLongAgo()
    expect(await factOf(await grant(profile, { noticeVersion: 1 }))).toMatchObject({ noticeVersion: 1 })
    const field = { fields: { noticeVersion: expect.any(String) } }
    await expect(grant(profile, { noticeVersion: 3 })).rejects.toMatchObject({ code: 'NOT_FOUND', ...field })
  })

  it('must be named where none was in force yet; a withdrawal is stored without one', async () => {
    const profile = await defineLongAgo()
    const field = { fields: { noticeVersion: expect.any(String) } }
    await expect(grant(profile, { statedAt: daysAgo(9) })).rejects.toMatchObject({ code: 'INVALID', ...field })
    expect(await factOf(await grant(profile, { statedAt: daysAgo(9), noticeVersion: 2 }))).toMatchObject({ noticeVersion: 2 })
    const withdrawn = await seed.people.withdraw(profile, 'marketing', 'EMAIL', { statedAt: daysAgo(8) })
    expect(await factOf(withdrawn)).toMatchObject({ status: 'WITHDRAWN', noticeVersion: 1 })
  })

  it('of an unknown purpose is refused, and names the purpose', async () => {
    await expect(seed.people.grant(newId(), 'other')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
