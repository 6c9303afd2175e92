import type { Tx } from '@renmai/platform/db/db'
import { and, eq } from 'drizzle-orm'
import { profileCustomers } from '../profiles/profile-customer.table.ts'
import { inboundMessages, type ReceivedMessageRow } from './contact.table.ts'

/** A message that a customer wrote, with the customer where known. */
export async function findReceivedMessage(tx: Tx, messageId: string): Promise<Omit<ReceivedMessageRow, 'channel'> | undefined> {
  const owner = and(eq(profileCustomers.tenantId, inboundMessages.tenantId), eq(profileCustomers.profileId, inboundMessages.profileId))
  const [row] = await tx
    .select({ message: inboundMessages, customerId: profileCustomers.customerId })
    .from(inboundMessages)
    .leftJoin(profileCustomers, owner)
    .where(and(eq(inboundMessages.tenantId, tx.tenantId), eq(inboundMessages.id, messageId)))
  return row && { ...row.message, customer: row.customerId ? { id: row.customerId } : null }
}
