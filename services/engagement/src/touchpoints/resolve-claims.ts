import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { withTenant } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { ask } from '@renmai/platform/events/ask'
import { AppError } from '@renmai/platform/serve/errors'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import type { Deps } from '../context.ts'
import { type Claim, identityKey } from './claim.ts'
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
  const keys = claims.map((claim) => identityKey(deps.keyRing, tenantId, claim))
  const known = await withTenant(deps.db, tenantId, (tx) => readProfileKeys(tx, keys))
  const unknown = claims
    .map((claim, index) => ({ claim, key: keys[index]!.toString('hex') }))
    .filter(({ claim, key }) => !known.has(key) || hasNews(claim))
  const answers = new Map<string, Resolution>()
  for (let at = 0; at < unknown.length; at += MAX_CLAIMS) {
    for (const [key, resolution] of await askIdentity(deps, tenantId, unknown.slice(at, at + MAX_CLAIMS))) answers.set(key, resolution)
  }
  if (answers.size > 0) await withTenant(deps.db, tenantId, (tx) => rememberProfiles(tx, answers))
  return keys.map((key) => answers.get(key.toString('hex')) ?? { profileId: known.get(key.toString('hex'))! })
}

/** Attributes, tags and names may be new even when the person is known. */
const hasNews = (claim: Claim) => claim.attributes.length > 0 || claim.tagIds.length > 0 || claim.displayName !== ''

export async function askIdentity(
  { bus }: Deps,
  tenantId: string,
  asked: { claim: Claim; key: string }[],
): Promise<Map<string, Resolution>> {
  const { profiles } = await ask(bus, IdentityService.method.resolveProfiles, {
    tenantId,
    claims: asked.map(({ claim, key }) => {
      const observedAt = timestampFromDate(new Date(claim.observedAt))
      const identifiers = claim.identifiers.map(({ namespace, value, isVerified }) => ({
        namespace,
        value,
        ...(isVerified ? { verifiedAt: observedAt } : {}),
      }))
      const { source, externalId, attributes, tagIds, displayName } = claim
      return { claimId: key, source, externalId, identifiers, attributes, tagIds, displayName, observedAt }
    }),
  })
  if (profiles.length !== asked.length) throw new AppError('UNAVAILABLE', 'identity answered for other claims than requested')
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
