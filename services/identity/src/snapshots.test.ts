import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { readSnapshot } from '@renmai/platform/testing/snapshots'
import { key } from '@renmai/platform/testing/viewers'
import { CustomerSplitSchema, CustomersMergedSchema, IdentifierObservedSchema } from '@renmai/proto/identity/v1/events'
import { expect, it } from 'vitest'
import { identitySeed } from '../test/seed.ts'
import { mergeSnapshots } from './customers/customer.snapshots.ts'
import { mergeCustomers } from './customers/merge-customers.ts'
import { unmergeCustomers } from './customers/unmerge-customers.ts'
import { profileIdentifiers } from './profiles/profile.snapshots.ts'

const seed = identitySeed()
const [merged, split] = mergeSnapshots as [(typeof mergeSnapshots)[0], (typeof mergeSnapshots)[0]]
const merge = (survivorId: string, absorbedId: string) =>
  mergeCustomers(seed.context(), { idempotencyKey: key(), survivorId, absorbedId, reason: 'test' })
const unmerge = (mergeId: string) => unmergeCustomers(seed.context(), { idempotencyKey: key(), mergeId, reason: 'test' })
const own = <E extends { tenantId: string }>(events: readonly E[]) => events.filter(({ tenantId }) => tenantId === seed.tenant)

it('merges and splits are sent again as the place where each customer leads now, with its version', async () => {
  const [a, b, c, d, e] = await Promise.all(Array.from({ length: 5 }, async () => (await seed.meet()).customerId))
  await merge(a!, b!)
  await unmerge((await merge(a!, c!)).mergeId)
  await merge(d!, c!)
  await unmerge((await merge(a!, e!)).mergeId)
  await merge(a!, d!)
  const moves = [...own(await published(seed.test, CustomersMergedSchema)), ...own(await published(seed.test, CustomerSplitSchema))]
  const leads = moves.flatMap((move) => [
    'restoredId' in move
      ? { id: move.restoredId, into: null, version: move.version }
      : { id: move.absorbedId, into: move.survivorId, version: move.version },
    ...move.redirects.map(({ customerId, mergedInto, version }) => ({ id: customerId, into: mergedInto, version })),
  ])
  const inOrder = (list: typeof leads) => list.toSorted((x, y) => (x.id < y.id ? -1 : 1))
  const last = [...new Map(leads.toSorted((x, y) => Number(x.version - y.version)).map((one) => [one.id, one])).values()]
  const again = [
    ...(await readSnapshot(seed.test.db, seed.tenant, CustomersMergedSchema, merged)).map((one) => ({
      id: one.absorbedId,
      into: one.survivorId,
      version: one.version,
    })),
    ...(await readSnapshot(seed.test.db, seed.tenant, CustomerSplitSchema, split)).map((one) => ({
      id: one.restoredId,
      into: null,
      version: one.version,
    })),
  ]
  expect(inOrder(again)).toEqual(inOrder(last))
})

it('identifiers are sent again as they were observed, with the time at which they were proven', async () => {
  await seed.meet({ phone: '13912340001', email: 'a@mail.example', unionid: newId() })
  await seed.meet({ phone: '13912340001', verifiedAt: null })
  await seed.meet({ phone: '13912340002' })
  const sorted = (events: readonly { identifiers: { profileId: string; identifierId: string }[] }[]) =>
    events.flatMap(({ identifiers }) => identifiers).sort((x, y) => (x.profileId + x.identifierId < y.profileId + y.identifierId ? -1 : 1))
  const again = await readSnapshot(seed.test.db, seed.tenant, IdentifierObservedSchema, profileIdentifiers)
  expect(again.map(({ identifiers }) => identifiers.length)).toEqual([2, 2, 1])
  expect(sorted(again)).toEqual(sorted(own(await published(seed.test, IdentifierObservedSchema))))
})
