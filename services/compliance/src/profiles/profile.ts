import { type Tx, withTenant } from '@renmai/platform/db/db'
import { type Condition, requireId } from '@renmai/platform/db/filters'
import { followed } from '@renmai/platform/db/moved-ids'
import { through } from '@renmai/platform/db/rows-by-id'
import { ask } from '@renmai/platform/events/ask'
import type { Bus } from '@renmai/platform/events/bus'
import { AppError } from '@renmai/platform/serve/errors'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { and, eq, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { merged } from './merged-customer.table.ts'
import { profileFailure } from './profile.failures.ts'
import { ofCustomer, profileCustomers } from './profile-customer.table.ts'

export { type Person, readPeople, readSubjects } from './read-people.ts'

/** Profiles of one statement, as many as identity returns. */
const MAX_PROFILES = 1_000

const Identifier = z.object({ namespace: z.string().min(1).max(128), value: z.string().min(1).max(256) })

/** `ConsentSubjectInput` of the SDL: a customer, a profile or an identifier. */
export const Subject = z
  .object({ customerId: z.uuid().nullish(), profileId: z.uuid().nullish(), identifier: Identifier.nullish() })
  .refine((subject) => Object.values(subject).filter((value) => value !== null && value !== undefined).length === 1, {
    message: 'has exactly one of customerId, profileId and identifier',
  })

export type Subject = z.output<typeof Subject>

export type Found = {
  profileIds: string[]
  /** Id of the identifier, also of one that nobody carries yet; undefined where the person is not named by one. */
  identifierId?: string | undefined
}

/**
 * Finds the profiles that a statement of a person is about: all of a customer, one profile, or all that carry an identifier.
 * Identity is queried for identifiers, and for customers that compliance does not know, such as a new one.
 * @throws AppError INVALID that names the field, FORBIDDEN for a personal identifier without personal:read
 */
export async function findSubject(
  ctx: BaseContext & { readonly bus: Bus },
  { customerId, profileId, identifier }: Subject,
): Promise<Found> {
  if (profileId) return { profileIds: [profileId] }
  const known = customerId ? await withTenant(ctx.db, ctx.viewer.tenantId, (tx) => profilesOf(tx, customerId)) : []
  if (known.length > 0) return { profileIds: known }
  const { tenantId, kind: viewerKind, id: viewerId, scopes } = ctx.viewer
  const person = customerId
    ? ({ case: 'customerId', value: customerId } as const)
    : ({ case: 'identifier', value: { namespace: identifier!.namespace, value: identifier!.value } } as const)
  const request = { tenantId, viewerKind, viewerId, scopes: [...scopes], person }
  const found = await ask(ctx.bus, IdentityService.method.findProfiles, request).catch((error: unknown) => {
    const isInvalid = error instanceof AppError && error.code === 'INVALID'
    throw isInvalid
      ? profileFailure('PERSON_ID_WRONG', `subject.${customerId ? 'customerId' : 'identifier'}`, { problem: error.message })
      : error
  })
  // The release before returns no id.
  return { profileIds: found.profileIds, identifierId: found.identifierId || undefined }
}

/**
 * In the order of their ids.
 * @throws AppError CONFLICT for too many
 */
async function profilesOf(tx: Tx, customerId: string): Promise<string[]> {
  const rows = await tx
    .select({ id: profileCustomers.profileId })
    .from(profileCustomers)
    .where(and(eq(profileCustomers.tenantId, tx.tenantId), eq(profileCustomers.customerId, followed(merged, sql`${customerId}::uuid`))))
    .orderBy(profileCustomers.profileId)
    .limit(MAX_PROFILES + 1)
  // A statement must not be stored for some of them only.
  if (rows.length > MAX_PROFILES) throw profileFailure('CUSTOMER_HAS_TOO_MANY_PROFILES', 'subject.customerId', { most: MAX_PROFILES })
  return rows.map(({ id }) => id)
}

/**
 * Checks that the tenant has this profile, by the events of identity. Events of new profiles may arrive a moment later.
 * @param field the field of the input that names it
 * @throws AppError NOT_FOUND that names the field
 */
export async function requireProfile(tx: Tx, profileId: string, field: string): Promise<void> {
  const mine = and(eq(profileCustomers.tenantId, tx.tenantId), eq(profileCustomers.profileId, profileId))
  const [known] = await tx.select({ id: profileCustomers.profileId }).from(profileCustomers).where(mine)
  if (known) return
  throw profileFailure('PROFILE_NOT_FOUND', field)
}

/** Rows of any of a customer's profiles. The customer may have been merged into another one meanwhile. */
export const isOfCustomer =
  (profileId: PgColumn): Condition<string> =>
  (customerId, field) =>
    through(profileId, ofCustomer)(followed(merged, sql`${requireId(customerId, field)}::uuid`))
