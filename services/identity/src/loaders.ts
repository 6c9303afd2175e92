import { tenantLoader } from '@renmai/platform/loader'
import type { BaseContext } from '@renmai/platform/mutate'
import { and, asc, desc, eq, inArray, isNull, or } from 'drizzle-orm'
import { type AttributeValueRow, attributeValues, type Field, fields } from './attributes/attribute.table.ts'
import { contactCards } from './contact-cards/contact-card.table.ts'
import { type CustomerRow, survivorsOf } from './customers/customer.queries.ts'
import { type CustomerDecision, customerDecisions, evidence } from './customers/customer.table.ts'
import { identifiers, type Profile, profiles } from './profiles/profile.table.ts'
import { profileTags, type Tag, type TagGroup, tagGroups, tags } from './tags/tag.table.ts'

export type Loaders = ReturnType<typeof createLoaders>

const MAX_ROWS = 10_000

/** Everything that resolvers read of many parents at once: one statement each, whatever the number of parents. */
export function createLoaders(ctx: BaseContext) {
  return {
    customer: tenantLoader<CustomerRow>(ctx, async (tx, ids) => survivorsOf(tx, ids)),
    profiles: tenantLoader<Profile[]>(ctx, async (tx, ids) =>
      Map.groupBy(
        await tx
          .select()
          .from(profiles)
          .where(and(eq(profiles.tenantId, tx.tenantId), inArray(profiles.customerId, [...ids])))
          .orderBy(asc(profiles.id))
          .limit(MAX_ROWS),
        (row) => row.customerId,
      ),
    ),
    namespaces: tenantLoader<{ profileId: string; namespace: string }[]>(ctx, async (tx, ids) =>
      Map.groupBy(
        await tx
          .selectDistinct({ profileId: identifiers.profileId, namespace: identifiers.namespace })
          .from(identifiers)
          .where(and(eq(identifiers.tenantId, tx.tenantId), inArray(identifiers.profileId, [...ids])))
          .orderBy(asc(identifiers.namespace)),
        (row) => row.profileId,
      ),
    ),
    attributes: tenantLoader<AttributeValueRow[]>(ctx, async (tx, ids) => {
      const rows = await tx
        .select({ customerId: profiles.customerId, value: attributeValues })
        .from(attributeValues)
        .innerJoin(profiles, and(eq(profiles.tenantId, attributeValues.tenantId), eq(profiles.id, attributeValues.profileId)))
        .where(and(eq(attributeValues.tenantId, tx.tenantId), eq(attributeValues.isMapped, true), inArray(profiles.customerId, [...ids])))
        .limit(MAX_ROWS)
      return Map.groupBy(
        rows.map(({ customerId, value }) => ({ ...value, customerId })),
        (row) => row.customerId,
      )
    }),
    names: tenantLoader<{ profileId: string; sealed: Buffer }>(ctx, async (tx, ids) => {
      const rows = await tx
        .select({ customerId: profiles.customerId, profileId: profiles.id, sealed: contactCards.sealed })
        .from(contactCards)
        .innerJoin(profiles, and(eq(profiles.tenantId, contactCards.tenantId), eq(profiles.id, contactCards.profileId)))
        .where(and(eq(contactCards.tenantId, tx.tenantId), eq(contactCards.field, 'display_name'), inArray(profiles.customerId, [...ids])))
        .orderBy(asc(contactCards.observedAt))
      return new Map(rows.map((row) => [row.customerId, row]))
    }),
    field: tenantLoader<Field>(
      ctx,
      async (tx, keys) =>
        new Map(
          (
            await tx
              .select()
              .from(fields)
              .where(and(eq(fields.tenantId, tx.tenantId), inArray(fields.key, [...keys])))
          ).map((row) => [row.key, row]),
        ),
    ),
    tags: tenantLoader<(Tag & { customerId: string })[]>(ctx, async (tx, ids) => {
      const rows = await tx
        .selectDistinct({ customerId: profiles.customerId, tag: tags })
        .from(profileTags)
        .innerJoin(profiles, and(eq(profiles.tenantId, profileTags.tenantId), eq(profiles.id, profileTags.profileId)))
        .innerJoin(tags, and(eq(tags.tenantId, profileTags.tenantId), eq(tags.id, profileTags.tagId)))
        .where(and(eq(profileTags.tenantId, tx.tenantId), isNull(profileTags.removedAt), inArray(profiles.customerId, [...ids])))
        .limit(MAX_ROWS)
      return Map.groupBy(
        rows.map(({ customerId, tag }) => ({ ...tag, customerId })),
        (row) => row.customerId,
      )
    }),
    evidence: tenantLoader<(typeof evidence.$inferSelect)[]>(ctx, async (tx, ids) => {
      const rows = await tx
        .select({ customerId: profiles.customerId, fact: evidence })
        .from(evidence)
        .innerJoin(profiles, and(eq(profiles.tenantId, evidence.tenantId), eq(profiles.id, evidence.profileId)))
        .where(and(eq(evidence.tenantId, tx.tenantId), inArray(profiles.customerId, [...ids])))
        .orderBy(desc(evidence.at))
        .limit(MAX_ROWS)
      return new Map([...Map.groupBy(rows, (row) => row.customerId)].map(([id, mine]) => [id, mine.map((row) => row.fact)]))
    }),
    decisions: tenantLoader<CustomerDecision[]>(ctx, async (tx, ids) => {
      const either = or(inArray(customerDecisions.survivorId, [...ids]), inArray(customerDecisions.absorbedId, [...ids]))
      const rows = await tx
        .select()
        .from(customerDecisions)
        .where(and(eq(customerDecisions.tenantId, tx.tenantId), either))
        .orderBy(desc(customerDecisions.id))
        .limit(MAX_ROWS)
      return new Map(ids.map((id) => [id, rows.filter((row) => row.survivorId === id || row.absorbedId === id)]))
    }),
    tag: tenantLoader<Tag>(
      ctx,
      async (tx, ids) =>
        new Map(
          (
            await tx
              .select()
              .from(tags)
              .where(and(eq(tags.tenantId, tx.tenantId), inArray(tags.id, [...ids])))
          ).map((row) => [row.id, row]),
        ),
    ),
    tagGroup: tenantLoader<TagGroup>(
      ctx,
      async (tx, ids) =>
        new Map(
          (
            await tx
              .select()
              .from(tagGroups)
              .where(and(eq(tagGroups.tenantId, tx.tenantId), inArray(tagGroups.id, [...ids])))
          ).map((row) => [row.id, row]),
        ),
    ),
    tagsOfGroup: tenantLoader<Tag[]>(ctx, async (tx, ids) =>
      Map.groupBy(
        await tx
          .select()
          .from(tags)
          .where(and(eq(tags.tenantId, tx.tenantId), inArray(tags.groupId, [...ids])))
          .orderBy(asc(tags.foldedName))
          .limit(MAX_ROWS),
        (row) => row.groupId,
      ),
    ),
  }
}
