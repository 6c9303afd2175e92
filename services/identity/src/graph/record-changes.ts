import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { prepared } from '@renmai/platform/db/prepared'
import { insertRows, type NewRow } from '@renmai/platform/db/rows'
import { together } from '@renmai/platform/db/together'
import { publish } from '@renmai/platform/events/outbox'
import { newId } from '@renmai/platform/serve/ids'
import { CustomerSplitSchema, CustomersMergedSchema } from '@renmai/proto/identity/v1/events'
import { type CustomerMerge, customerMerges, type DecidedBy } from '../customers/customer.table.ts'
import type { GraphEvidence } from './graph.rules.ts'
import type { Change, Changes } from './history.rules.ts'

/** A person's decision: the ruling, and for an unmerge the merge that it undoes. */
export type Person = { readonly id: string; readonly reason: string; readonly rulingId: string; readonly undoes?: string }

/** Version of the rules of the partition. It grows when they would group the same graph in another way. */
const RULE_VERSION = 2
const MOST_EVIDENCE = 20

/** Stores where customers lead now, records each merge and split with what decided it, and publishes them. */
export async function recordChanges(
  tx: Tx,
  { changes, pointers }: Changes,
  evidence: readonly GraphEvidence[],
  { at, person }: { at: Date; person?: Person },
): Promise<CustomerMerge[]> {
  // Who is joined when first observed is stored so, by who observed it.
  const unseen = new Set(changes.filter(({ isUnseen }) => isUnseen).map(({ absorbedId }) => absorbedId))
  const versions = await storePointers(
    tx,
    pointers.filter(({ id }) => !unseen.has(id)),
  )
  const ofProfile = byProfile(evidence)
  const rows = changes.map((change) => ({
    id: newId(),
    ...(({ isUnseen: _unseen, ...row }) => ({ ...row, profileIds: [...row.profileIds], survivorProfileIds: [...row.survivorProfileIds] }))(
      change,
    ),
    undoes: (change.kind === 'UNMERGE' && person?.undoes) || null,
    decidedAt: at,
    ...decisionOf(change, ofProfile, person),
  }))
  await together(tx, () => [
    insertRows(tx, customerMerges, rows satisfies NewRow<typeof customerMerges>[], { conflict: 'error' }),
    publishChanges(tx, changes, rows, pointers, versions),
  ])
  return rows.map((row) => ({ ...row, tenantId: tx.tenantId }))
}

/** Evidence by either of its profiles. */
function byProfile(evidence: readonly GraphEvidence[]): Map<string, GraphEvidence[]> {
  const found = new Map<string, GraphEvidence[]>()
  for (const one of evidence)
    for (const id of [one.profileId, one.linkedProfileId]) {
      const known = found.get(id)
      if (known) known.push(one)
      else found.set(id, [one])
    }
  return found
}

type Decision = Pick<CustomerMerge, 'reason' | 'decidedBy' | 'evidence' | 'ruleVersion' | 'rulingId'>

function decisionOf(
  { kind, profileIds, survivorProfileIds }: Change,
  evidence: ReadonlyMap<string, readonly GraphEvidence[]>,
  person: Person | undefined,
): Decision {
  const theirs = new Set(survivorProfileIds)
  const between = profileIds
    .flatMap((id) => evidence.get(id) ?? [])
    .filter(({ profileId, linkedProfileId }) => theirs.has(profileId) || theirs.has(linkedProfileId))
  const used = between.filter(({ state }) => (state === 'ACTIVE') === (kind === 'MERGE'))
  const listed = used
    .slice(0, MOST_EVIDENCE)
    .map(({ profileId, linkedProfileId, namespace, rule, weight }): DecidedBy => ({ profileId, linkedProfileId, namespace, rule, weight }))
  if (person) return { reason: person.reason, decidedBy: person.id, evidence: listed, ruleVersion: null, rulingId: person.rulingId }
  return { ...(kind === 'MERGE' ? joinedBy(listed) : splitBy(used)), evidence: listed, ruleVersion: RULE_VERSION, rulingId: null }
}

const joinedBy = (evidence: readonly DecidedBy[]) => ({
  reason:
    evidence.length > 0
      ? `both hold the same ${[...new Set(evidence.map(({ namespace }) => namespace))].join(' and ')}`
      : 'joined through others',
  decidedBy: `rule:${evidence[0]?.rule ?? 'T1_SHARED_IDENTIFIER'}`,
})

const splitBy = (refused: readonly GraphEvidence[]) => {
  const reason = refused[0]?.reason
  return reason
    ? { reason: `what they share does not join them: ${reason}`, decidedBy: `rule:${reason}` }
    : {
        reason: 'nothing joins them any more: what did is carried by too many, was retracted, or joins only an anonymous profile',
        decidedBy: 'rule:NO_EVIDENCE',
      }
}

async function storePointers(tx: Tx, pointers: Changes['pointers']): Promise<Map<string, bigint>> {
  if (pointers.length === 0) return new Map()
  const { rows } = await tx.client.query<{ id: string; version: number }>(
    prepared(
      `UPDATE customers c SET merged_into = p.merged_into, version = c.version + 1
     FROM unnest($2::uuid[], $3::uuid[]) AS p (id, merged_into) WHERE c.tenant_id = $1 AND c.id = p.id RETURNING c.id, c.version`,
      [tx.tenantId, pointers.map(({ id }) => id), pointers.map(({ mergedInto }) => mergedInto)],
    ),
  )
  return new Map(rows.map(({ id, version }) => [id, BigInt(version)]))
}

/** The ids that lead elsewhere without a merge or split of their own go with the first event. */
async function publishChanges(
  tx: Tx,
  changes: readonly Change[],
  rows: readonly { id: string; decidedAt: Date }[],
  pointers: Changes['pointers'],
  versions: ReadonlyMap<string, bigint>,
): Promise<void> {
  const own = new Set(changes.map(({ absorbedId }) => absorbedId))
  const redirects = pointers
    .filter(({ id, mergedInto }) => mergedInto !== null && !own.has(id))
    .map(({ id, mergedInto }) => ({ customerId: id, mergedInto: mergedInto!, version: versions.get(id)! }))
  const seen = changes.map((change, index) => ({ ...change, row: rows[index]! })).filter(({ isUnseen }) => !isUnseen)
  const events = seen.map(({ kind, survivorId, absorbedId, row }, index) => ({
    kind,
    absorbedId,
    restoredId: absorbedId,
    decisionId: row.id,
    survivorId,
    at: timestampFromDate(row.decidedAt),
    version: versions.get(absorbedId)!,
    redirects: index === 0 ? redirects : [],
  }))
  const [merges, splits] = [events.filter(({ kind }) => kind === 'MERGE'), events.filter(({ kind }) => kind === 'UNMERGE')]
  await publish(tx, CustomerSplitSchema, ...splits)
  await publish(tx, CustomersMergedSchema, ...merges)
}
