import type { Tx } from '@renmai/platform/db/db'

/** Whether a step of any journey sends this template; a journey sends the newest version. */
export async function sendsTemplate(tx: Tx, templateId: string): Promise<boolean> {
  const { rowCount } = await tx.client.query('SELECT 1 FROM journeys WHERE tenant_id = $1 AND nodes @> $2 LIMIT 1', [
    tx.tenantId,
    JSON.stringify([{ type: 'SEND', templateId }]),
  ])
  return rowCount === 1
}
