import { type Tx, withTenant } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { type KeyRing, seal } from '@renmai/platform/secrets/crypto'
import { newId } from '@renmai/platform/serve/ids'
import { queue } from '@renmai/platform/work/queue'
import type { Deps } from '../context.ts'
import type { GoodEvent } from './event.rules.ts'
import { leftOutParts } from './left-out-part.table.ts'

const HOUR_MS = 3_600_000
const MAX_PARTS = 50
/** Longer than any value that is allowed. */
const MAX_VALUE = 2_000
/** Long enough to correct the source and send the values again. */
const KEEP_DAYS = 30
const BATCH = 1_000

/** The place that the sealed parts of an event are bound to. */
export const leftOutPlace = (id: string) => `left_out_parts.parts|${id}`

/** Keeps the parts that were left out of accepted events. */
export async function keepLeftOut(
  tx: Tx,
  keyRing: KeyRing,
  accountId: string,
  fresh: readonly { id: string; event: GoodEvent }[],
): Promise<void> {
  const rows = fresh.flatMap(({ id: touchpointId, event: { messageId, flaws, raw } }) => {
    const [first] = flaws
    if (!first) return []
    const id = newId()
    const parts = flaws.slice(0, MAX_PARTS).map((flaw) => ({ ...flaw, value: textAt(raw, flaw.pointer) }))
    const problem = `${first.reason}: ${first.pointer}`.slice(0, 200)
    return [{ id, accountId, messageId, touchpointId, problem, parts: seal(keyRing, tx.tenantId, leftOutPlace(id), JSON.stringify(parts)) }]
  })
  await insertRows(tx, leftOutParts, rows)
}

/** The value at a JSON pointer as JSON, cut to a length that any allowed value has. */
function textAt(event: unknown, pointer: string): string {
  const steps = pointer.split('/').slice(1)
  const value = steps.reduce<unknown>(
    (at, step) => (at as Record<string, unknown> | null)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')],
    event,
  )
  return (JSON.stringify(value) ?? '').slice(0, MAX_VALUE).toWellFormed()
}

/** Deletes the parts after a month. */
export const forgetLeftOut = queue('left_out_parts', ({ db }: Deps) => ({
  name: 'forget-left-out',
  due: [{ waiting: 'TRUE', at: `created_at + interval '${KEEP_DAYS} days'`, by: 'created_at' }],
  pollMs: HOUR_MS,
  work: (tenantId) => forget(db, tenantId),
}))

const forget = (db: Deps['db'], tenantId: string): Promise<number> =>
  withTenant(db, tenantId, async (tx) => {
    const { rowCount } = await tx.client.query(
      `DELETE FROM left_out_parts WHERE tenant_id = $1 AND id IN (
         SELECT id FROM left_out_parts WHERE tenant_id = $1 AND created_at < now() - interval '${KEEP_DAYS} days' ORDER BY created_at LIMIT ${BATCH})`,
      [tenantId],
    )
    return rowCount ?? 0
  })
