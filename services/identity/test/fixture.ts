import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { parseKeyRing } from '@renmai/platform/secrets/crypto'
import { Cursors } from '@renmai/platform/serve/page'
import type { TestDatabase } from '@renmai/platform/testing/database'
import { testContext } from '@renmai/platform/testing/viewers'
import { ResolveProfilesRequestSchema, ResolveProfilesResponseSchema } from '@renmai/proto/identity/v1/identity_service'
import type { Context } from '../src/context.ts'
import { createLoaders } from '../src/loaders.ts'
import { resolveProfiles } from '../src/profiles/resolve-profiles.ts'

export const ring = parseKeyRing(JSON.stringify({ current: 1, keys: { 1: Buffer.alloc(32, 7).toString('base64') } }))

export function contextOf(test: TestDatabase, tenantId: string, now?: () => Date): Context {
  const base = testContext(test.db, tenantId, now)
  const reading = {
    ...base,
    relayDb: test.relayDb,
    cursors: new Cursors('c'.repeat(32)),
  }
  return { ...reading, keyRing: ring, pepper: 'p'.repeat(32), bus: {} as Context['bus'], load: createLoaders(reading) }
}

export type Said = {
  source: string
  externalId: string
  phone?: string
  email?: string
  unionid?: string
  /** Further identifiers, by namespace. */
  others?: Record<string, string>
  name?: string
  attributes?: Record<string, string>
  /** Whether the source verified the attributes. */
  isVerified?: boolean
  at?: Date
  /** Time at which the identifiers were proven, null when they were not; the claim's time without it. */
  verifiedAt?: Date | null
}

/** The request of engagement for claims. */
export function requestOf(tenantId: string, said: readonly Said[]) {
  const claims = said.map(
    (
      {
        source,
        externalId,
        phone,
        email,
        unionid,
        others = {},
        name,
        attributes,
        isVerified = false,
        at = new Date('2026-01-01'),
        verifiedAt = at,
      },
      index,
    ) => {
      const observedAt = timestampFromDate(at)
      const given = [['phone', phone], ['email', email], ['unionid@corp', unionid], ...Object.entries(others)].filter(
        (one): one is [string, string] => one[1] !== undefined,
      )
      return {
        claimId: String(index),
        source,
        externalId,
        displayName: name ?? '',
        observedAt,
        identifiers: given.map(([namespace, value]) => ({
          namespace,
          value,
          ...(verifiedAt && { verifiedAt: timestampFromDate(verifiedAt) }),
        })),
        attributes: Object.entries(attributes ?? {}).map(([key, value]) => ({ key, value, isVerified })),
      }
    },
  )
  return { tenantId, claims }
}

/** Calls identity as engagement does: with the encoded request. */
export async function resolve(test: TestDatabase, tenantId: string, said: readonly Said[]) {
  const request = toBinary(ResolveProfilesRequestSchema, create(ResolveProfilesRequestSchema, requestOf(tenantId, said)))
  return fromBinary(ResolveProfilesResponseSchema, await resolveProfiles(test.db, ring, () => new Date()).reply(request)).profiles
}
