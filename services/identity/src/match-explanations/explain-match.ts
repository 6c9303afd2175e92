import { createHash } from 'node:crypto'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Tx, withTenant } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import { parse } from '@renmai/platform/serve/parse'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { activeModel } from '../match-models/match-model.ts'
import { profileValues } from '../match-records/match-record.ts'
import { reasonSentence } from '../matching/reason-sentences.rules.ts'
import { type MatchReasonRow, reasonsOf } from './match-reasons.rules.ts'
import { type MatchScoreRow, scoreOf } from './score-of.ts'
import { type MatchIdentifierRow, sharedBetween } from './shared-between.queries.ts'
import { type Side, Subject, sideOf } from './side-of.queries.ts'

const Args = z.object({ a: Subject, b: Subject })

export type MatchExplanationRow = {
  readonly profileIdA: string
  readonly profileIdB: string
  readonly areOneCustomer: boolean
  readonly score: MatchScoreRow | null
  readonly reasons: readonly MatchReasonRow[]
  readonly identifiers: readonly MatchIdentifierRow[]
}

/**
 * Explains why two profiles or customers are one person, or are not. Nothing is changed. With personal:read it shows values, which is
 * written to the audit log.
 * @throws AppError NOT_FOUND that names the side without a profile
 */
export async function explainMatch(ctx: Context, raw: z.input<typeof Args>): Promise<MatchExplanationRow> {
  const { a, b } = parse(Args, raw)
  return withTenant(ctx.db, ctx.viewer.tenantId, async (tx) => {
    const [ours, theirs] = apart(await sideOf(tx, a, 'a'), await sideOf(tx, b, 'b'))
    if (theirs.profileIds.length === 0) return sameProfile(ours.profileIds[0]!)
    const model = await activeModel(tx, ctx.keyRing)
    const values = await profileValues(tx, ctx.keyRing, [...ours.profileIds, ...theirs.profileIds])
    const seesPersonal = ctx.viewer.scopes.has('personal:read')
    const score = model && scoreOf(model, ours.profileIds, theirs.profileIds, values, seesPersonal)
    const areOneCustomer = ours.customerId === theirs.customerId
    const between = await sharedBetween(tx, ctx.keyRing, ours, theirs)
    const shown = score ?? { profileIdA: ours.profileIds[0]!, profileIdB: theirs.profileIds[0]!, isRevealing: false }
    if (shown.isRevealing) await recordReading(tx, ctx, [ours, theirs])
    return {
      ...shown,
      areOneCustomer,
      score: score ?? null,
      reasons: reasonsOf({ ...between, areOneCustomer, score, hasModel: model !== undefined }),
      identifiers: between.identifiers,
    }
  })
}

/** A profile is compared with the others of its customer. */
function apart(a: Side, b: Side): [Side, Side] {
  const without = (side: Side, other: Side): Side => ({
    ...side,
    profileIds: side.profileIds.filter((id) => !other.profileIds.includes(id)),
  })
  const [ours, theirs] = [without(a, b), without(b, a)]
  return theirs.profileIds.length === 0 && ours.profileIds.length > 0 ? [ours, b] : [a, theirs]
}

const sameProfile = (id: string): MatchExplanationRow => ({
  profileIdA: id,
  profileIdB: id,
  areOneCustomer: true,
  score: null,
  reasons: [{ effect: 'TOGETHER', sentence: reasonSentence('SAME_PROFILE'), rulingId: null }],
  identifiers: [],
})

async function recordReading(tx: Tx, { viewer, now }: Context, sides: readonly Side[]): Promise<void> {
  await publish(tx, ActionRecordedSchema, {
    action: 'explainMatch',
    actorKind: viewer.kind,
    actorId: viewer.id,
    targetId: sides.map(({ customerId }) => customerId).join(' '),
    inputDigest: createHash('sha256')
      .update(sides.flatMap(({ profileIds }) => profileIds).join(' '))
      .digest(),
    at: timestampFromDate(now()),
  })
}
