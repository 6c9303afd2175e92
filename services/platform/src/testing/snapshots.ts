import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf'
import { type Db, withTenant } from '../db/db.ts'
import type { Snapshot, SnapshotPage } from '../resend/snapshot.ts'

/** The events of a whole snapshot of a tenant, read in small pages, as the queue reads them. */
export async function readSnapshot<D extends DescMessage>(
  db: Db,
  tenantId: string,
  schema: D,
  snapshot: Snapshot,
  { limit = 2, since = null }: Partial<SnapshotPage> = {},
): Promise<MessageShape<D>[]> {
  if (snapshot.type !== schema.typeName) throw new Error(`${snapshot.name} is a snapshot of ${snapshot.type}`)
  const events: MessageShape<D>[] = []
  for (let after: string | null = null, isOpen = true; isOpen; ) {
    const page = await withTenant(db, tenantId, (tx) => snapshot.read(tx, { after, limit, since }))
    events.push(...page.payloads.map((payload) => fromBinary(schema, payload)))
    after = page.last
    isOpen = after !== null
  }
  return events
}
