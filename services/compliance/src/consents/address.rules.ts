/** A statement by the address that a channel sends to is about the address: it counts for everybody who carries it, now or later. */
import { consentFailure } from './consent.failures.ts'
import type { Consent } from './consent.table.ts'

/** Kind of identifier that a channel sends to: the part of its namespace before @. */
const ADDRESSES: Record<Consent['channel'], string> = { WECOM: 'external_userid', EMAIL: 'email', SMS: 'phone', TELEGRAM: 'telegram_id' }

export type About = Pick<Consent, 'profileId' | 'identifierId'>
/** How a statement names its person. */
type Named = { customerId?: string | null | undefined; identifier?: { namespace: string } | null | undefined }
type Found = { profileIds: readonly string[]; identifierId?: string | undefined }

/**
 * What the facts of a statement are about: one address, or each profile of the person. An identifier of another kind, such as a
 * phone number where e-mail is meant, names the person.
 * @throws AppError NOT_FOUND that names the field, when nobody is found
 */
export function aboutOf(subject: Named, channel: Consent['channel'], { profileIds, identifierId }: Found): About[] {
  const kind = subject.identifier?.namespace.split('@')[0]
  if (identifierId && kind === ADDRESSES[channel]) return [{ profileId: null, identifierId }]
  if (profileIds.length > 0) return profileIds.map((profileId) => ({ profileId, identifierId: null }))
  const [field, what] = subject.customerId ? ['customerId', 'customer'] : ['identifier', 'identifier']
  throw consentFailure('PERSON_NOT_FOUND', `subject.${field}`, { key: what! })
}
