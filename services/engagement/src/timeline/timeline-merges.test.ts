import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { newId, timeOfId } from '@renmai/platform/serve/ids'
import { deliver, event, shuffle } from '@renmai/platform/testing/events'
import { CustomerSplitSchema, CustomersMergedSchema } from '@renmai/proto/identity/v1/events'
import { describe, expect, it } from 'vitest'
import { engagementGraph } from '../../test/graph.ts'
import { handlers } from '../handlers.ts'

const seed = engagementGraph()

const NOON = new Date('2026-03-01T12:00:00Z')
const at = timestampFromDate(NOON)

type Entry = { kind: string; at: string; merge: { id: string } | null }
type Page = { nodes: Entry[]; totalCount: number; pageInfo: { endCursor: string; startCursor: string } }
const read = async (customerId: string, args = 'first: 100', cursor?: string): Promise<Page> =>
  (
    await seed.ofCustomers(
      [customerId],
      `timeline(${args}) { nodes { kind at merge { id } } totalCount pageInfo { startCursor endCursor } }`,
      { at: cursor },
      [args.includes('$at') ? '$at: String' : ''],
    )
  )[0].timeline
const mergesOf = async (customerId: string, args?: string) =>
  (await read(customerId, args)).nodes.map(({ kind, merge }) => [kind, merge?.id])

/** Events of merges and splits of one tenant, each with its decision; all at the same time. */
function history() {
  const versions = new Map<string, bigint>()
  const next = (id: string) => {
    versions.set(id, (versions.get(id) ?? 0n) + 1n)
    return versions.get(id)!
  }
  const merge = (survivorId: string, absorbedId: string) => {
    const decisionId = newId()
    return {
      decisionId,
      event: event(CustomersMergedSchema, seed.tenant, { decisionId, survivorId, absorbedId, at, version: next(absorbedId) }),
    }
  }
  const split = (survivorId: string, restoredId: string) => {
    const decisionId = newId()
    return {
      decisionId,
      event: event(CustomerSplitSchema, seed.tenant, { decisionId, survivorId, restoredId, at, version: next(restoredId) }),
    }
  }
  return { merge, split }
}
const hear = (...steps: { event: ReturnType<typeof event> }[]) =>
  deliver(
    seed.test.db,
    'engagement',
    handlers,
    steps.map((step) => step.event),
  )

describe('merges in timelines', () => {
  it('are one entry of the survivor and of the old id, and after a split of both sides, with the split', async () => {
    const { merge, split } = history()
    const [ann, bob] = [newId(), newId()]
    const joined = merge(ann, bob)
    await hear(joined)
    for (const id of [ann, bob]) expect(await mergesOf(id)).toEqual([['CUSTOMERS_MERGED', joined.decisionId]])
    const parted = split(ann, bob)
    await hear(parted)
    const both = [
      ['CUSTOMERS_MERGED', joined.decisionId],
      ['CUSTOMER_SPLIT', parted.decisionId],
    ]
    for (const id of [ann, bob]) expect(new Map((await mergesOf(id)) as [string, string][])).toEqual(new Map(both as [string, string][]))
    expect(await mergesOf(ann, 'filter: { kinds: [CUSTOMER_SPLIT] }')).toEqual([both[1]])
    expect((await read(ann, 'filter: { kinds: [TOUCHPOINT] }')).totalCount).toBe(0)
  })

  it('follow the customer: what a customer went through before it was merged is the survivor’s, and leaves with a split', async () => {
    const { merge, split } = history()
    const [ann, bob, cleo] = [newId(), newId(), newId()]
    const [first, second] = [merge(bob, cleo), merge(ann, bob)]
    await hear(second, first)
    const idsOf = async (id: string) => (await read(id)).nodes.map((entry) => entry.merge!.id).toSorted()
    for (const id of [ann, bob, cleo]) expect(await idsOf(id)).toEqual([first.decisionId, second.decisionId].toSorted())
    const parted = split(ann, bob)
    await hear(parted)
    expect(await idsOf(ann)).toEqual([second.decisionId, parted.decisionId].toSorted())
    expect(await idsOf(bob)).toEqual([first.decisionId, second.decisionId, parted.decisionId].toSorted())
  })

  it('are the same whatever the order in which the events arrive, twice', async () => {
    const { merge, split } = history()
    const [ann, bob, cleo] = [newId(), newId(), newId()]
    const steps = [merge(ann, bob), split(ann, bob), merge(bob, cleo), merge(ann, bob), split(ann, bob), merge(ann, bob)]
    await hear(...shuffle(steps, 7), ...shuffle(steps, 8).map((step) => ({ event: { ...step.event, eventId: newId() } })))
    for (const id of [ann, bob, cleo]) expect((await read(id)).nodes).toHaveLength(6)
  })

  it('are pages with the other entries of their time, of one entry or more, forward and backward', async () => {
    const { merge, split } = history()
    const [ann, bob] = [newId(), newId()]
    for (const profile of [await seed.meet(ann), await seed.meet(ann)]) {
      await seed.touch(profile, NOON.toISOString())
      await seed.touch(profile, new Date(NOON.getTime() + 60_000).toISOString())
    }
    await hear(merge(ann, bob), split(ann, bob), merge(ann, bob), split(ann, newId()))
    const whole = await read(ann)
    expect([whole.nodes.length, whole.totalCount]).toEqual([8, 8])
    for (const size of [1, 2, 3]) {
      for (const [first, after, edge] of [
        ['first', 'after', 'endCursor'],
        ['last', 'before', 'startCursor'],
      ] as const) {
        const pages: Entry[][] = []
        let cursor: string | undefined
        while (pages.flat().length < 8) {
          const page: Page = await read(ann, `${first}: ${size}, ${after}: $at`, cursor)
          pages.push(page.nodes)
          cursor = page.pageInfo[edge]
        }
        const seen = first === 'first' ? pages : pages.toReversed()
        expect(seen.flat(), `${first} ${size}`).toEqual(whole.nodes)
      }
    }
  })

  it('of an earlier release, without a time, have the time of their decision; those of another tenant are not there', async () => {
    const [survivorId, absorbedId, decisionId] = [newId(), newId(), newId()]
    const { merge } = history()
    await hear({ event: event(CustomersMergedSchema, seed.tenant, { survivorId, absorbedId, decisionId }) })
    expect((await read(survivorId)).nodes).toEqual([
      { kind: 'CUSTOMERS_MERGED', at: timeOfId(decisionId).toISOString(), merge: { id: decisionId } },
    ])
    const own = seed.tenant
    seed.tenant = newId()
    expect((await read(survivorId)).nodes).toEqual([])
    await hear(merge(survivorId, absorbedId))
    seed.tenant = own
    expect((await read(survivorId)).nodes).toHaveLength(1)
  })
})
