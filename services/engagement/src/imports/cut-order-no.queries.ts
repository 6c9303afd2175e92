import type { Tx } from '@renmai/platform/db/db'
import type { OrderImport } from './import.table.ts'

/** A number of which a spreadsheet kept 15 digits, if it was one of 17 or more: shops count in tens, but not in hundreds. */
const CUT = /^\d{15}00+$/
/** Order numbers end in so many zeros by chance once in a thousand files. */
const ZEROS = 3

export const mayBeCut = (orderNo: string): boolean => CUT.test(orderNo)

/**
 * Whether a spreadsheet cut the order numbers of a file: it keeps 15 digits of a number and writes zeros behind them, so that the orders
 * of different people get one number. Nothing of it shows in a single number; it does when all longer ones of a file end in zeros.
 */
export async function areOrderNosCut(tx: Tx, { id, orders, refunds, ordersSetAside }: OrderImport): Promise<boolean> {
  // The rows of orders that are stored are gone: those that are left state nothing about the file.
  if (orders + refunds + ordersSetAside > 0) return false
  const { rows } = await tx.client.query<{ areCut: boolean | null; zeros: number; isKnown: boolean }>(
    `SELECT bool_and(order_no ~ '^\\d{15}00+$') AS "areCut", least(sum(length(order_no) - 15), ${ZEROS})::int AS zeros,
       EXISTS (SELECT 1 FROM import_errors e WHERE e.tenant_id = $1 AND e.import_id = $2 AND e.reason = 'ORDER_NO_DAMAGED') AS "isKnown"
     FROM (SELECT DISTINCT order_no FROM import_rows WHERE tenant_id = $1 AND import_id = $2 AND order_no ~ '^\\d{17,}$') AS long_numbers`,
    [tx.tenantId, id],
  )
  const { areCut, zeros, isKnown } = rows[0]!
  return areCut === true && (zeros >= ZEROS || isKnown)
}
