import { timestampDate } from '@bufbuild/protobuf/wkt'
import { insertRows } from '@renmai/platform/db/rows'
import { on } from '@renmai/platform/events/inbox'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { lastEntry } from './audit.queries.ts'
import { GENESIS, hashEntry } from './audit.rules.ts'
import { type AuditEntry, auditEntries } from './audit.table.ts'
import { noteUnsealed } from './note-unsealed.ts'
import { SERVICES } from './services.gen.ts'

/** Seals actions of all services into the tenant's chain. One writer per tenant at a time, so that the chain never forks. */
export const sealActions = on(
  ActionRecordedSchema,
  'seal-actions',
  async (tx, events) => {
    await tx.client.query("SELECT pg_advisory_xact_lock(hashtext('audit'), hashtext($1))", [tx.tenantId])
    const last = await lastEntry(tx)
    let [seq, hash] = [last?.seq ?? 0, last?.hash ?? GENESIS]
    const rows = events.map((event) => {
      const { action, actorKind, actorId, targetId } = event
      const entry = {
        action,
        actorKind: actorKind as AuditEntry['actorKind'],
        actorId,
        targetId,
        inputDigest: Buffer.from(event.inputDigest),
        at: event.at ? timestampDate(event.at) : new Date(0),
      }
      hash = hashEntry(tx.tenantId, ++seq, entry, hash)
      return { seq, ...entry, hash }
    })
    await insertRows(tx, auditEntries, rows, { conflict: 'error' })
    await noteUnsealed(tx)
  },
  SERVICES,
)
