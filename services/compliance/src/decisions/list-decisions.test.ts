import { newId } from '@renmai/platform/serve/ids'
import { describe, expect, it } from 'vitest'
import { complianceSeed } from '../../test/seed.ts'
import { consentResolvers } from '../consents/consent.resolvers.ts'
import { decisionResolvers } from './decision.resolvers.ts'

const seed = complianceSeed()
const { Query, Customer } = decisionResolvers
type Args = Parameters<typeof Query.sendDecisions>[1]
const page = async (args: Args = {}) => Query.sendDecisions({}, args, seed.context())
const reasonsOf = async (filter: Args['filter']) => (await page({ filter })).nodes.map(({ reasons }) => reasons[0])

/** A person with two profiles, of which one agrees: three decisions, and one about a stranger. */
async function decideSome() {
  const [p, q, customerId, stranger] = [newId(), newId(), newId(), await seed.people.meet()]
  await seed.people.hear(seed.people.link(p, customerId), seed.people.link(q, customerId))
  await seed.people.define()
  await seed.people.decide(stranger)
  await seed.people.grant(p)
  await seed.people.decide(p)
  await seed.people.decide(q, 'other')
  await seed.people.decide(q, 'marketing', 'SMS')
  return { p, q, customerId, stranger }
}

describe('decisions', () => {
  it('are filtered by all that is given, and counted by the same filter', async () => {
    const { p, customerId } = await decideSome()
    for (const [filter, wanted] of [
      [{}, ['NO_CONSENT', 'UNKNOWN_PURPOSE', 'CONSENT_GRANTED', 'NO_CONSENT']],
      [{ isAllowed: true }, ['CONSENT_GRANTED']],
      [{ isAllowed: false }, ['NO_CONSENT', 'UNKNOWN_PURPOSE', 'NO_CONSENT']],
      [{ reason: 'NO_CONSENT' }, ['NO_CONSENT', 'NO_CONSENT']],
      [{ purpose: 'other' }, ['UNKNOWN_PURPOSE']],
      [{ channel: 'SMS' }, ['NO_CONSENT']],
      [{ profileId: p }, ['CONSENT_GRANTED']],
      [{ customerId }, ['NO_CONSENT', 'UNKNOWN_PURPOSE', 'CONSENT_GRANTED']],
      [{ customerId, reason: 'NO_CONSENT', isAllowed: false }, ['NO_CONSENT']],
      [{ customerId: newId() }, []],
      [{ decidedFrom: '2099-01-01T00:00:00Z' }, []],
      [{ decidedBefore: '2020-01-01T00:00:00Z' }, []],
    ] as const) {
      expect(await reasonsOf(filter), JSON.stringify(filter)).toEqual(wanted)
      expect((await (await page({ filter, first: 1 })).count()).count).toBe(wanted.length)
    }
    await expect(page({ filter: { profileId: 'x' } })).rejects.toMatchObject({
      code: 'INVALID',
      fields: { 'filter.profileId': expect.any(String) },
    })
  })

  it('are in the order of their times, either way', async () => {
    await decideSome()
    const [up, down] = [await page({ orderBy: { field: 'DECIDED_AT', direction: 'ASC' } }), await page()]
    expect(up.nodes.map(({ id }) => id)).toEqual(down.nodes.map(({ id }) => id).toReversed())
  })

  it('about a customer are those of all their profiles, a page of each customer', async () => {
    const { customerId } = await decideSome()
    const ctx = seed.context()
    const [mine, nobody] = await Promise.all([
      Customer.sendDecisions({ id: customerId }, { first: 2 }, ctx),
      Customer.sendDecisions({ id: newId() }, { first: 2 }, ctx),
    ])
    expect(mine.nodes.map(({ reasons }) => reasons[0])).toEqual(['NO_CONSENT', 'UNKNOWN_PURPOSE'])
    expect([mine.pageInfo.hasNextPage, (await mine.count()).count, nobody.nodes]).toEqual([true, 3, []])
    const refused = await Customer.sendDecisions({ id: customerId }, { filter: { isAllowed: true } }, ctx)
    expect(refused.nodes).toHaveLength(1)
  })
})

describe('consents', () => {
  const consents = async (args: Parameters<typeof consentResolvers.Query.consents>[1]) =>
    (await consentResolvers.Query.consents({}, args, seed.context())).nodes.map(({ status, channel }) => `${status} ${channel}`)

  it('are filtered by all that is given, and ordered by the time of the statement', async () => {
    const { p, customerId } = await decideSome()
    await seed.people.withdraw(p, 'marketing', 'SMS', { statedAt: new Date('2020-01-01') })
    expect(await consents({})).toEqual(['WITHDRAWN SMS', 'GRANTED EMAIL'])
    expect(await consents({ orderBy: { field: 'STATED_AT', direction: 'DESC' } })).toEqual(['GRANTED EMAIL', 'WITHDRAWN SMS'])
    for (const [filter, wanted] of [
      [{ state: 'GRANTED' }, ['GRANTED EMAIL']],
      [{ purpose: 'other' }, []],
      [{ channel: 'SMS', purpose: 'marketing' }, ['WITHDRAWN SMS']],
      [{ customerId, statedBefore: '2021-01-01T00:00:00Z' }, ['WITHDRAWN SMS']],
      [{ profileId: p, statedFrom: '2021-01-01T00:00:00Z' }, ['GRANTED EMAIL']],
    ] as const)
      expect(await consents({ filter }), JSON.stringify(filter)).toEqual(wanted)
    const { nodes } = await consentResolvers.Customer.consents({ id: customerId }, { filter: { state: 'GRANTED' } }, seed.context())
    expect(nodes).toMatchObject([{ status: 'GRANTED', profileId: p }])
  })

  it('of a customer count however many there are: the newest is never cut off', async () => {
    const { p, customerId } = await decideSome()
    const fact = `INSERT INTO consents (tenant_id, id, profile_id, purpose, channel, status, notice_version, method, recorded_by, at)
      SELECT $1, gen_random_uuid(), $2, 'marketing', 'WECOM', 'GRANTED', 1, 'm', 'r', now() + n * interval '1 ms' FROM generate_series(1, 10050) n`
    await seed.test.owner.query(fact, [seed.tenant, p])
    await seed.people.withdraw(p)
    const effective = await consentResolvers.Customer.effectiveConsents({ id: customerId }, {}, seed.context())
    expect(effective).toMatchObject([
      { channel: 'EMAIL', isAllowed: false, reason: 'WITHDRAWN' },
      { channel: 'WECOM', isAllowed: true },
    ])
  })
})
