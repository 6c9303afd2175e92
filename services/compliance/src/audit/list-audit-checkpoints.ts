import { before, type Conditions, from, matching } from '@renmai/platform/db/filters'
import type { ListArgs, Listed } from '@renmai/platform/db/read-page'
import type { AuditCheckpointFilter } from '../gen/resolvers.ts'
import { auditCheckpoints } from './audit.table.ts'

const CONDITIONS: Conditions<AuditCheckpointFilter> = {
  signedFrom: from(auditCheckpoints.createdAt),
  signedBefore: before(auditCheckpoints.createdAt),
}

type Args = ListArgs & { filter?: AuditCheckpointFilter | null | undefined }

/** The checkpoints that a filter leaves, newest first. */
export const listAuditCheckpoints = ({ filter }: Args): Listed<typeof auditCheckpoints> => ({
  table: auditCheckpoints,
  by: auditCheckpoints.seq,
  order: 'desc',
  orders: { SEQ: auditCheckpoints.seq, SIGNED_AT: auditCheckpoints.createdAt },
  where: matching(CONDITIONS, filter),
})
