import { withTenant } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { campaign } from '../service.ts'
import { changeCoupon } from './change-coupon.ts'
import { transitions } from './coupon.states.ts'
import { type Coupon, coupons, couponTemplates } from './coupon.table.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), campaign)
})
afterAll(() => test.drop())

const TEMPLATE = { name: 't', kind: 'AMOUNT_OFF', currency: 'CNY', thresholdMinor: 0, stock: 1, perCustomer: 1, validDays: 1 } as const
const STATES = coupons.state.enumValues
const WAYS = Object.keys(transitions) as (keyof typeof transitions)[]

/** The state of a coupon after a transition, or the code of the refusal. */
function tryOut(state: Coupon['state'], way: (typeof WAYS)[number]): Promise<string> {
  const [tenantId, templateId, now] = [newId(), newId(), new Date()]
  return withTenant(test.db, tenantId, async (tx) => {
    await tx.insert(couponTemplates).values({ ...TEMPLATE, tenantId, id: templateId })
    const ids = { tenantId, id: newId(), templateId, profileId: newId(), code: 'A'.repeat(17), sourceKey: 's' }
    const [coupon] = await tx
      .insert(coupons)
      .values({ ...ids, state, issuedAt: now, expiresAt: now })
      .returning()
    return changeCoupon(tx, coupon!, way).then(
      (changed) => changed.state,
      (error) => error.code,
    )
  })
}

it.each(WAYS)('%s changes a coupon from its own states, and is a conflict from all others', async (way) => {
  const { from, to } = transitions[way]
  for (const state of STATES) expect(await tryOut(state, way), state).toBe((from as readonly string[]).includes(state) ? to : 'CONFLICT')
})
