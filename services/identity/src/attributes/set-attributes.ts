import type { Tx } from '@renmai/platform/db/db'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { lockGraph } from '../graph/graph.ts'
import { noteChanged } from '../match-records/match-record.ts'
import type { Profile } from '../profiles/profile.table.ts'
import { requireProfiles, requireProfilesOf } from '../profiles/profile.ts'
import { attributeFailure } from './attribute.failures.ts'
import { checkValue } from './attribute.rules.ts'
import { readRegistry } from './read-registry.ts'
import { STAFF, storeByHand } from './store-by-hand.ts'

export const Target = z
  .object({ profileId: z.uuid().nullish(), customerId: z.uuid().nullish() })
  .refine(({ profileId, customerId }) => !profileId !== !customerId, 'has exactly one of profileId, customerId')

const Input = z.object({
  idempotencyKey,
  target: Target,
  attributes: z
    .array(z.object({ key: z.string().min(1).max(64), value: z.string().max(1_000) }))
    .min(1)
    .max(100),
})

/**
 * Sets values by hand: they win over what sources state, until they are released. Unlike what sources send, every value must fit a
 * registered field.
 */
export async function setAttributes(ctx: Context, raw: z.input<typeof Input>): Promise<{ customerId: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'setAttributes', scope: 'customers:write' }, input, async (tx) => {
    const registry = await readRegistry(tx, true)
    const given = input.attributes.map(({ key, value }) => {
      const field = registry.get(key)
      if (!field) throw attributeFailure('ATTRIBUTE_UNKNOWN', key, { key })
      return { field, value: checkValue(field, value), original: value }
    })
    await lockGraph(tx)
    // Of a customer the oldest profile: it stays when others are added or a merge is undone.
    const { id: profileId, customerId } = (await profilesAt(tx, input.target))[0]!
    await storeByHand(tx, ctx.keyRing, { profileId, customerId, source: STAFF + ctx.viewer.id, setAt: ctx.now() }, given)
    await noteChanged(tx, [profileId])
    return { decided: { customerId }, targetId: profileId }
  })
}

/** The profile, or those of the customer, oldest first; at least one. */
export async function profilesAt(tx: Tx, { profileId, customerId }: z.output<typeof Target>): Promise<Profile[]> {
  const found = profileId
    ? await requireProfiles(tx, [profileId], 'target.profileId')
    : await requireProfilesOf(tx, [customerId!], 'target.customerId')
  if (found.length === 0) throw attributeFailure('CUSTOMER_HAS_NO_PROFILE', 'target.customerId')
  return found
}
