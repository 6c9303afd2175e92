import { type Tx, withTenant } from '@renmai/platform/db/db'
import { mayGo } from '@renmai/platform/db/transition'
import { queue } from '@renmai/platform/work/queue'
import type { Deps } from '../context.ts'
import { transitions } from './coupon.states.ts'

const [OPEN, LOCKED] = [mayGo(transitions.expire), mayGo(transitions.release)]
const BATCH = 1_000

/** Expires coupons whose time is over. Releases coupons whose order was not paid before the lock ran out. */
export const expireCoupons = queue('coupons', ({ db }: Deps) => ({
  name: 'expire-coupons',
  due: [
    { waiting: OPEN, at: 'expires_at' },
    { waiting: LOCKED, at: 'locked_until' },
  ],
  work: (tenantId) => withTenant(db, tenantId, async (tx) => (await release(tx)) + (await expire(tx))),
}))

const release = (tx: Tx) =>
  change(
    tx,
    `state = '${transitions.release.to}', order_id = NULL, order_key = NULL, allocation = NULL, locked_until = NULL, discount_minor = NULL`,
    `${LOCKED} AND locked_until <= now()`,
  )

const expire = (tx: Tx) => change(tx, `state = '${transitions.expire.to}'`, `${OPEN} AND expires_at <= now()`)

async function change(tx: Tx, set: string, where: string): Promise<number> {
  const { rowCount } = await tx.client.query(
    `UPDATE coupons SET ${set} WHERE (tenant_id, id) IN (
       SELECT tenant_id, id FROM coupons WHERE tenant_id = $1 AND ${where} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
    [tx.tenantId],
  )
  return rowCount ?? 0
}
