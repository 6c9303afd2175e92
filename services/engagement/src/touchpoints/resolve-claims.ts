import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { withTenant } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { ask } from '@renmai/platform/events/ask'
import { AppError } from '@renmai/platform/serve/errors'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import type { Deps } from '../context.ts'
import { type Claim, identityKey } from './claim.ts'
import { countLeftOut } from './count-left-out.ts'
import { readProfileKeys } from './profile-key.queries.ts'
import { profileKeys } from './touchpoint.table.ts'

export type Resolution = { profileId: string } | { problem: string }

const MAX_CLAIMS = 500

/**
 * Finds the profiles of claims: known ones from the table, the others by a request to identity. Never call it inside a
 * transaction. The answers of identity are stored, as a profile never changes.
 * @returns one resolution per claim, in their order
 * @throws AppError UNAVAILABLE when identity does not answer
 */
export async function resolveClaims(deps: Deps, tenantId: string, claims: Claim[]): Promise<Resolution[]> {
  const keys = claims.map((claim) => identityKey(deps.keyRing, tenantId, claim).toString('hex'))
  const known = await withTenant(deps.db, tenantId, (tx) =>
    readProfileKeys(
      tx,
      keys.map((key) => Buffer.from(key, 'hex')),
    ),
  )
  const unknown = claims
    .map((claim, index) => ({ id: String(index), claim, key: keys[index]! }))
    .filter(({ claim, key }) => !known.has(key) || hasNews(claim))
  const answers = new Map<string, Resolution>()
  for (let at = 0; at < unknown.length; at += MAX_CLAIMS) {
    for (const [id, resolution] of await askIdentity(deps, tenantId, unknown.slice(at, at + MAX_CLAIMS))) answers.set(id, resolution)
  }
  const byKey = new Map(unknown.map(({ id, key }) => [key, answers.get(id)!]))
  if (byKey.size > 0) await withTenant(deps.db, tenantId, (tx) => rememberProfiles(tx, byKey))
  return keys.map((key, index) => answers.get(String(index)) ?? byKey.get(key) ?? { profileId: known.get(key)! })
}

/** Attributes, tags and names may be new even when the person is known. */
const hasNews = (claim: Claim) => claim.attributes.length > 0 || claim.tagIds.length > 0 || claim.displayName !== ''

/**
 * Requests profiles from identity. The parts of claims that it leaves out are counted.
 * @returns resolutions by the ids of the claims
 */
export async function askIdentity(
  { bus }: Deps,
  tenantId: string,
  asked: { id: string; claim: Claim }[],
): Promise<Map<string, Resolution>> {
  const { profiles } = await ask(bus, IdentityService.method.resolveProfiles, {
    tenantId,
    claims: asked.map(({ id, claim }) => {
      const observedAt = timestampFromDate(new Date(claim.observedAt))
      const identifiers = claim.identifiers.map(({ namespace, value, isVerified }) => ({
        namespace,
        value,
        ...(isVerified ? { verifiedAt: observedAt } : {}),
      }))
      const { source, externalId, attributes, tagIds, displayName } = claim
      return { claimId: id, source, externalId, identifiers, attributes, tagIds, displayName, observedAt }
    }),
  })
  if (profiles.length !== asked.length) throw new AppError('UNAVAILABLE', 'identity answered for other claims than requested')
  for (const { code } of profiles.flatMap((one) => one.leftOut)) countLeftOut(code)
  return new Map(
    profiles.map((one) => [
      one.claimId,
      one.errorCode ? { problem: `${one.errorCode}: ${one.errorMessage}` } : { profileId: one.profileId },
    ]),
  )
}

export async function rememberProfiles(tx: Tx, answers: Map<string, Resolution>): Promise<void> {
  const rows = [...answers].flatMap(([key, answer]) =>
    'profileId' in answer ? [{ identityKey: Buffer.from(key, 'hex'), profileId: answer.profileId }] : [],
  )
  await insertRows(tx, profileKeys, rows)
}
