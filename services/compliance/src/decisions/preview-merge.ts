import { countUpTo } from '@renmai/platform/db/count-up-to'
import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { answer } from '@renmai/platform/events/ask'
import { isId } from '@renmai/platform/serve/ids'
import { ComplianceService } from '@renmai/proto/compliance/v1/compliance_service'
import { MergeEffect } from '@renmai/proto/identity/v1/merge_preview'
import { and, eq, inArray, sql } from 'drizzle-orm'
import { type Consent, consents } from '../consents/consent.table.ts'
import { readLatest } from '../consents/consent.ts'
import { profileIdentifiers } from '../profiles/profile-identifier.table.ts'
import { refusedByJoining } from './decision.rules.ts'
import { decisions } from './decision.table.ts'
import { readTerms } from './read-terms.ts'

/**
 * Counts the consents and receipts of the absorbed customer, and the purposes and channels that the joining of the two would refuse:
 * of all statements of one person the most restrictive counts.
 */
export const previewMerge = (db: Db, now: () => Date) =>
  answer(ComplianceService.method.previewMerge, ({ tenantId, survivorProfileIds, absorbedProfileIds }) =>
    withTenant(db, tenantId, async (tx) => {
      const profileIds = absorbedProfileIds.filter(isId)
      const [mine, theirs] = [await subjectsOf(tx, survivorProfileIds.filter(isId)), await subjectsOf(tx, profileIds)]
      const about = inArray(sql`coalesce(${consents.identifierId}, ${consents.profileId})`, theirs)
      const latest = await readLatest(tx, [...new Set([...mine, ...theirs])])
      const factsOf = (subjects: readonly string[]): Consent[] => subjects.flatMap((subject) => latest.get(subject) ?? [])
      const refused = refusedByJoining(factsOf(mine), factsOf(theirs), await readTerms(tx), now())
      return {
        changes: [
          { effect: MergeEffect.CONSENTS, ...(await countUpTo(tx, consents, about)) },
          { effect: MergeEffect.SEND_DECISIONS, ...(await countUpTo(tx, decisions, inArray(decisions.profileId, profileIds))) },
          { effect: MergeEffect.CONSENTS_REFUSED, count: refused.length, hasMore: false },
        ],
      }
    }),
  )

/** Profiles, and the addresses that they carry: what a statement can be about. */
async function subjectsOf(tx: Tx, profileIds: readonly string[]): Promise<string[]> {
  const rows = await tx
    .selectDistinct({ id: profileIdentifiers.identifierId })
    .from(profileIdentifiers)
    .where(and(eq(profileIdentifiers.tenantId, tx.tenantId), inArray(profileIdentifiers.profileId, [...profileIds])))
  return [...profileIds, ...rows.map(({ id }) => id)]
}
