import { eventually } from '@renmai/platform/testing/eventually'
import { outcomeOf } from '../ask-at-rate.ts'
import type { Attack } from './attack.ts'
import { onDatabase } from './on-database.ts'
import { createSegment, post, segments } from './usual.ts'

/** The most clauses that a definition may have, with the lists that hold them. */
// No customer matches any of them, so that each is evaluated for every customer.
const LISTS = [19, 19, 19, 19, 19, 19, 19, 19, 19, 18]

/** Creates segments whose definitions are as long as they may be. */
export const longDefinitions: Attack = {
  name: 'long-definitions',
  measured: segments,
  perSecond: () => 4,
  pace: () => ({ clients: 4 }),
  attack: (attacker) => {
    const graphql = post(attacker)
    let no = 1
    const leaf = () => ({ orders: { within: `P${1 + (no++ % 3_000)}D`, minCount: 1_000 + no } })
    return async () => outcomeOf(await createSegment(graphql, { any: LISTS.map((size) => ({ any: Array.from({ length: size }, leaf) })) }))
  },
  clear: (tenants) =>
    // A sweep that is under way may add members meanwhile.
    eventually(() =>
      onDatabase(tenants[0]!, 'campaign', async (client) => {
        const ids = [tenants.map(({ tenantId }) => tenantId)]
        await client.query('DELETE FROM segment_members WHERE tenant_id = ANY($1)', ids)
        await client.query('DELETE FROM segments WHERE tenant_id = ANY($1)', ids)
      }),
    ).then(() => undefined),
}
