import type { Tx } from '@renmai/platform/db/db'
import { and, asc, desc, eq, inArray, lte, max, sql } from 'drizzle-orm'
import { notices, type Purpose, purposes } from '../purposes/purpose.table.ts'
import { consentFailure } from './consent.failures.ts'
import { type Consent, consents } from './consent.table.ts'

type Status = Consent['status']

/** @throws AppError NOT_FOUND for an unknown purpose, CONFLICT for a consent to an archived one */
export async function requirePurpose(tx: Tx, key: string, status: Status): Promise<Purpose> {
  const [found] = await tx
    .select()
    .from(purposes)
    .where(and(eq(purposes.tenantId, tx.tenantId), eq(purposes.key, key)))
  if (!found) throw consentFailure('PURPOSE_NOT_FOUND', 'purpose')
  if (found.archivedAt && status === 'GRANTED') throw consentFailure('PURPOSE_ARCHIVED', 'purpose')
  return found
}

type Wanted = { version?: number | null | undefined; hash?: string | null | undefined; at: Date | undefined; status: Status }

/**
 * Version of the notice that a statement is about.
 * @param wanted the version or the hash that was named; otherwise the one in force at the time, or now without a time
 * @throws AppError NOT_FOUND for an unknown notice, INVALID for a consent from before the first notice
 */
export async function noticeAt(tx: Tx, { key, noticeVersion }: Purpose, { version, hash, at, status }: Wanted): Promise<number> {
  const isNamed = Boolean(version || hash)
  if (!isNamed && !at) return noticeVersion
  const ofPurpose = and(eq(notices.tenantId, tx.tenantId), eq(notices.purpose, key))
  const named = and(version ? eq(notices.version, version) : undefined, hash ? eq(notices.hash, hash) : undefined)
  const fits = isNamed ? named : lte(notices.createdAt, at!)
  const [found] = await tx.select().from(notices).where(and(ofPurpose, fits)).orderBy(desc(notices.version)).limit(1)
  if (found) return found.version
  if (isNamed) throw consentFailure('NOTICE_NOT_FOUND', hash ? 'noticeHash' : 'noticeVersion', { purpose: key })
  if (status === 'GRANTED') throw consentFailure('NO_NOTICE_IN_FORCE', 'noticeVersion')
  const [first] = await tx.select().from(notices).where(ofPurpose).orderBy(asc(notices.version)).limit(1)
  return first?.version ?? noticeVersion
}

/** Time of the last fact about one of these profiles or addresses, for a purpose and a channel. */
export async function lastStatement(
  tx: Tx,
  subjectIds: readonly string[],
  purpose: string,
  channel: Consent['channel'],
): Promise<Date | undefined> {
  const same = and(
    eq(consents.tenantId, tx.tenantId),
    inArray(sql`coalesce(${consents.identifierId}, ${consents.profileId})`, [...subjectIds]),
    eq(consents.purpose, purpose),
    eq(consents.channel, channel),
  )
  const [found] = await tx
    .select({ at: max(consents.at) })
    .from(consents)
    .where(same)
  return found?.at ?? undefined
}
