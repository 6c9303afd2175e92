import { before, type Conditions, equals, from, matching } from '@renmai/platform/db/filters'
import type { ListArgs, Listed } from '@renmai/platform/db/read-page'
import type { AuditEntryFilter } from '../gen/resolvers.ts'
import { auditEntries } from './audit.table.ts'

const CONDITIONS: Conditions<AuditEntryFilter> = {
  action: equals(auditEntries.action),
  actorId: equals(auditEntries.actorId),
  targetId: equals(auditEntries.targetId),
  actedFrom: from(auditEntries.at),
  actedBefore: before(auditEntries.at),
}

type Args = ListArgs & { filter?: AuditEntryFilter | null | undefined }

/** The entries of the audit log that a filter leaves, newest first. */
export const listAuditEntries = ({ filter }: Args): Listed<typeof auditEntries> => ({
  table: auditEntries,
  by: auditEntries.seq,
  order: 'desc',
  orders: { SEQ: auditEntries.seq, ACTED_AT: auditEntries.at },
  where: matching(CONDITIONS, filter),
})
