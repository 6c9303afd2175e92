import { createHash } from 'node:crypto'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Tx, withTenant } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import { blindIndex } from '@renmai/platform/secrets/crypto'
import { newId } from '@renmai/platform/serve/ids'
import { parse } from '@renmai/platform/serve/parse'
import { requireScope } from '@renmai/platform/serve/viewer'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { readGraph } from '../graph/graph.ts'
import { partition } from '../graph/partition.rules.ts'
import { reasonSentence } from '../matching/reason-sentences.rules.ts'
import type { MatchSentenceRow } from '../matching/sentences.rules.ts'
import { grade, isPersonal, kindOfNamespace, type NormalIdentifier } from '../profiles/identifier.rules.ts'
import { maskIdentifier } from '../profiles/mask.rules.ts'
import { identifierIdOf } from '../profiles/profile.ts'
import { type Carrier, readBlocked, readCarriers } from './carriers.queries.ts'
import { withClaim } from './claimed-graph.rules.ts'
import { resolutionFailure } from './resolution.failures.ts'

const MAX_IDENTIFIERS = 20
const MAX_CONFLICTS = 50

const Args = z.object({
  identifiers: z.array(
    z.object({ namespace: z.string().min(1).max(128), value: z.string().min(1).max(512), isVerified: z.boolean().nullish() }),
  ),
  source: z.string().min(1).max(256).nullish(),
})

export type ResolvedIdentifierRow = {
  readonly identifierId: string | null
  readonly kind: string
  readonly value: string | null
  readonly problem: string | null
  readonly tier: number | null
  readonly state: 'ACTIVE' | 'BLOCKED' | 'SHARED' | null
  readonly customerId: string | null
  readonly customers: number
}

export type ResolutionConflictRow = { readonly customerId: string; readonly kind: string; readonly sentence: MatchSentenceRow }

export type ResolutionRow = {
  readonly identifiers: readonly ResolvedIdentifierRow[]
  /** Null when the claim would be a new customer. */
  readonly customerId: string | null
  readonly isNew: boolean
  readonly joinedIds: readonly string[]
  readonly conflicts: readonly ResolutionConflictRow[]
}

type Indexed = NormalIdentifier & { readonly index: Buffer; readonly identifierId: string }
type Unusable = { readonly kind: string; readonly problem: string }

/**
 * What a claim of a new profile with these identifiers would resolve to, by the same rules as a claim of a source. Nothing is stored
 * but the audit of lookups by personal identifiers, which need personal:read.
 */
export async function resolveIdentifiers(ctx: Context, raw: z.input<typeof Args>): Promise<ResolutionRow> {
  const { identifiers, source } = parse(Args, raw)
  if (identifiers.length === 0 || identifiers.length > MAX_IDENTIFIERS)
    throw resolutionFailure('TOO_MANY_IDENTIFIERS', 'identifiers', { most: MAX_IDENTIFIERS })
  if (identifiers.some(({ namespace }) => isPersonal(kindOfNamespace(namespace)))) requireScope(ctx.viewer, 'personal:read')
  const { tenantId } = ctx.viewer
  const at = ctx.now()
  const given = identifiers.map((one) => indexOf(ctx, one, at))
  const usable = given.filter((one) => 'index' in one)
  return withTenant(ctx.db, tenantId, async (tx) => {
    const carriers = await readCarriers(tx, usable)
    const ofIdentifier = Map.groupBy(carriers, ({ identifierId }) => identifierId)
    await recordLookUps(tx, ctx, usable, ofIdentifier)
    const blocked = await readBlocked(
      tx,
      usable.map(({ identifierId }) => identifierId),
    )
    const { shared, ...outcome } = await suppose(tx, usable, carriers, blocked, source ?? `resolve:${newId()}`, at)
    const rowOf = (one: Indexed | Unusable): ResolvedIdentifierRow =>
      'index' in one
        ? { ...resolved(one, ofIdentifier.get(one.identifierId) ?? []), state: stateOf(one.identifierId, blocked, shared) }
        : { ...NOBODY, ...one }
    return { ...outcome, identifiers: given.map(rowOf) }
  })
}

type Given = { namespace: string; value: string; isVerified?: boolean | null | undefined }

/** An identifier in its one spelling with its index, or the reason why it identifies nobody. */
function indexOf({ keyRing, viewer }: Context, { isVerified, ...given }: Given, at: Date): Indexed | Unusable {
  const found = grade({ ...given, verifiedAt: isVerified ? at : undefined })
  if ('code' in found) return { kind: given.namespace, problem: found.code }
  const index = blindIndex(keyRing, viewer.tenantId, found.namespace, found.value)
  return { ...found, index, identifierId: identifierIdOf(index) }
}

const NOBODY = { identifierId: null, value: null, tier: null, state: null, customerId: null, customers: 0 }

const stateOf = (id: string, blocked: ReadonlySet<string>, shared: ReadonlySet<string>) =>
  blocked.has(id) ? ('BLOCKED' as const) : shared.has(id) ? ('SHARED' as const) : ('ACTIVE' as const)

const resolved = ({ namespace, value, tier, identifierId }: Indexed, carriers: readonly Carrier[]) => ({
  identifierId,
  kind: namespace,
  value: maskIdentifier(kindOfNamespace(namespace), value),
  problem: null,
  tier,
  customerId: carriers[0]?.customerId ?? null,
  customers: new Set(carriers.map(({ customerId }) => customerId)).size,
})

/** Computes the customers as they would be after the claim. */
async function suppose(
  tx: Tx,
  usable: readonly Indexed[],
  carriers: readonly Carrier[],
  blocked: ReadonlySet<string>,
  source: string,
  at: Date,
): Promise<Omit<ResolutionRow, 'identifiers'> & { shared: ReadonlySet<string> }> {
  const graph = await readGraph(
    tx,
    carriers.map(({ profileId }) => profileId),
  )
  const [id, homeId] = [newId(), newId()]
  const sources = new Map(
    [...Map.groupBy(carriers, ({ identifierId }) => identifierId)].map(([of, rows]) => [of, rows.map((row) => row.source)]),
  )
  const supposed = usable.map(({ namespace, identifierId, tier, verifiedAt = null }) => ({ namespace, identifierId, tier, verifiedAt }))
  const claimed = withClaim({ ...graph, shared: new Set([...graph.shared, ...blocked]) }, { id, homeId, source }, supposed, sources, at)
  const { customers, evidence } = partition(claimed)
  const customerId = customers.get(id)!
  const before = new Map(graph.profiles.map((profile) => [profile.id, profile.customerId]))
  const joined = graph.profiles.filter((profile) => customers.get(profile.id) === customerId).map((profile) => profile.customerId)
  const refused = evidence.filter((one) => one.reason !== null && (one.profileId === id || one.linkedProfileId === id))
  const conflicts = refused.map(({ profileId, linkedProfileId, namespace, reason }): ResolutionConflictRow => {
    const sentence = reason === 'SPLIT_BY_A_PERSON' ? reasonSentence('SEPARATED_BY_PERSON') : reasonSentence(reason!, { kind: namespace })
    return { customerId: before.get(profileId === id ? linkedProfileId : profileId)!, kind: namespace, sentence }
  })
  const isNew = customerId === homeId
  return {
    customerId: isNew ? null : customerId,
    isNew,
    joinedIds: [...new Set(joined)].filter((one) => one !== customerId),
    conflicts: conflicts.slice(0, MAX_CONFLICTS),
    shared: claimed.shared,
  }
}

/** A lookup that finds nobody is audited too, so that a caller that tries one number after another is detected. */
async function recordLookUps(
  tx: Tx,
  { viewer, now }: Context,
  usable: readonly Indexed[],
  carriers: ReadonlyMap<string, readonly Carrier[]>,
): Promise<void> {
  const personal = usable.filter(({ namespace }) => isPersonal(namespace))
  await publish(
    tx,
    ActionRecordedSchema,
    ...personal.map(({ index, identifierId }) => ({
      action: 'resolve',
      actorKind: viewer.kind,
      actorId: viewer.id,
      targetId: carriers.get(identifierId)?.[0]?.customerId ?? identifierId,
      inputDigest: createHash('sha256').update(index).digest(),
      at: timestampFromDate(now()),
    })),
  )
}
