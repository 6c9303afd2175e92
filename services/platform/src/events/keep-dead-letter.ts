import type { Tx } from '../db/db.ts'
import { idFrom } from '../serve/ids.ts'
import { problemOf } from '../work/settle.ts'
import { type Delivery, PoisonError } from './inbox.ts'

/** Why and after how many deliveries an event was given up, and the subject it came by. */
export type Refused = { subject: string; deliveries: number; error: Error }

/** Keeps an event that cannot be handled, once for each consumer. */
export async function keepDeadLetter(
  tx: Tx,
  consumer: string,
  { eventId, payload }: Delivery,
  { subject, deliveries, error }: Refused,
): Promise<void> {
  await tx.client.query(
    `INSERT INTO dead_letters (tenant_id, id, consumer, event_id, subject, payload, error, deliveries)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT ON CONSTRAINT dead_letters_once DO NOTHING`,
    [
      tx.tenantId,
      idFrom(consumer, eventId),
      consumer,
      eventId,
      subject,
      Buffer.from(payload),
      (error instanceof PoisonError ? `${error.name}: ${error.message}` : problemOf(error)).slice(0, 500),
      deliveries,
    ],
  )
}
