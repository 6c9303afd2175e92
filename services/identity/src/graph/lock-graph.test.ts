import { withTenant } from '@renmai/platform/db/db'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { expect, it } from 'vitest'
import { identitySeed } from '../../test/seed.ts'
import { mergeCustomers } from '../customers/merge-customers.ts'
import { unmergeCustomers } from '../customers/unmerge-customers.ts'
import { blockIdentifier } from './block-identifier.ts'
import { lockGraph } from './lock-graph.ts'
import { separateCustomers } from './separate-customers.ts'

const seed = identitySeed()
const reason = 'test'

/** Transactions that wait for a lock that is no row's. */
const waiting = async () =>
  (
    await seed.test.owner.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database =
    (SELECT oid FROM pg_database WHERE datname = current_database())`)
  ).rowCount

it('each change of the graph waits for the change before it', async () => {
  const [a, b, c] = [await seed.meet(), await seed.meet(), await seed.meet()]
  const { mergeId } = await mergeCustomers(seed.context(), {
    idempotencyKey: key(),
    survivorId: a.customerId,
    absorbedId: b.customerId,
    reason,
  })
  const apart = { customerA: a.customerId, customerB: c.customerId, reason }
  for (const change of [
    () => seed.meet({ phone: '13912345678' }),
    () => unmergeCustomers(seed.context(), { idempotencyKey: key(), mergeId, reason }),
    () => mergeCustomers(seed.context(), { idempotencyKey: key(), survivorId: a.customerId, absorbedId: b.customerId, reason }),
    () => separateCustomers(seed.context(), { idempotencyKey: key(), ...apart }),
    () => blockIdentifier(seed.context(), { idempotencyKey: key(), namespace: 'phone', value: '13912345678', reason }),
  ]) {
    const [held, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const before = withTenant(seed.test.db, seed.tenant, async (tx) => {
      await lockGraph(tx)
      held.resolve()
      await free.promise
    })
    await held.promise
    const after = change()
    const waits = eventually(async () => expect(await waiting()).toBe(1)).then(() => 'it waits')
    const first = await Promise.race([after.then(() => 'it does not'), waits])
    free.resolve()
    await Promise.all([before, after])
    expect(first).toBe('it waits')
  }
})
