import { MODEL, type RefusalReason } from '../graph/graph.rules.ts'
import { type ReasonCode, reasonSentence } from '../matching/reason-sentences.rules.ts'
import type { MatchSentenceRow } from '../matching/sentences.rules.ts'
import type { Between, MatchIdentifierRow } from './shared-between.queries.ts'

export type MatchReasonRow = {
  readonly effect: 'TOGETHER' | 'APART' | 'NEITHER'
  readonly sentence: MatchSentenceRow
  readonly rulingId: string | null
}

type Facts = Between & {
  readonly areOneCustomer: boolean
  readonly hasModel: boolean
  readonly score:
    | {
        readonly probability: number
        readonly lower: number
        readonly upper: number
        readonly modelNumber: number
        readonly comparisons: readonly { readonly weight: number }[]
      }
    | undefined
}

const MOST = 50

/** What holds two together or apart, the decisive reasons first: people, identifiers, then the model. */
export function reasonsOf(facts: Facts): MatchReasonRow[] {
  const direct = [...ofRulings(facts), ...ofEvidence(facts), ...ofIdentifiers(facts)]
  const isJoined = direct.some(({ effect }) => effect === 'TOGETHER')
  const through = facts.areOneCustomer && !isJoined ? [reason('TOGETHER', 'THROUGH_OTHERS')] : []
  const nothing = facts.identifiers.length === 0 && !facts.areOneCustomer ? [reason('NEITHER', 'NOTHING_SHARED')] : []
  return [...direct, ...through, ...nothing, ofModel(facts)].slice(0, MOST)
}

const reason = (
  effect: MatchReasonRow['effect'],
  code: ReasonCode,
  values: Readonly<Record<string, string>> = {},
  rulingId: string | null = null,
): MatchReasonRow => ({ effect, sentence: reasonSentence(code, values), rulingId })

const ofRulings = ({ rulings, areOneCustomer }: Facts): MatchReasonRow[] =>
  rulings.map(({ id, kind, decidedBy }) => {
    if (kind === 'CANNOT_LINK') return reason('APART', 'SEPARATED_BY_PERSON', {}, id)
    const effect = areOneCustomer ? 'TOGETHER' : 'NEITHER'
    if (!decidedBy.startsWith(MODEL)) return reason(effect, 'LINKED_BY_PERSON', {}, id)
    return reason(effect, 'LINKED_BY_MODEL', { model: decidedBy.slice(MODEL.length) }, id)
  })

const OF_RULE = {
  T1_SHARED_IDENTIFIER: 'SHARED_IDENTIFIER',
  T2_TWO_IDENTIFIERS: 'TWO_IDENTIFIERS',
  T3_ANONYMOUS_DEVICE: 'DEVICE_OF_ONE',
} as const

function ofEvidence({ evidence }: Facts): MatchReasonRow[] {
  const all = evidence.map(({ namespace, rule, reason: refused }) => {
    const code: ReasonCode | 'SPLIT_BY_A_PERSON' = (refused satisfies RefusalReason | null) ?? OF_RULE[rule]
    return { code, kind: namespace, isJoining: refused === null }
  })
  // The ruling of the person is listed already.
  return all.flatMap(({ code, kind, isJoining }) =>
    code === 'SPLIT_BY_A_PERSON' ? [] : [reason(isJoining ? 'TOGETHER' : code === 'SHARED_DEVICE' ? 'NEITHER' : 'APART', code, { kind })],
  )
}

const OF_STATE = { RETRACTED: 'IDENTIFIER_RETRACTED', BLOCKED: 'IDENTIFIER_BLOCKED', SHARED: 'IDENTIFIER_OF_TOO_MANY' } as const

/** Identifiers that are no evidence, each kind once for each reason. */
function ofIdentifiers({ identifiers, evidence }: Facts): MatchReasonRow[] {
  const used = new Set(evidence.map(({ namespace }) => namespace))
  const codeOf = ({ state, tier }: MatchIdentifierRow): ReasonCode =>
    state === 'ACTIVE' ? (tier === 3 ? 'PROVES_NOTHING' : 'ONE_UNPROVEN') : OF_STATE[state]
  const idle = identifiers.filter(({ kind, state }) => state !== 'ACTIVE' || !used.has(kind))
  const found = new Map(idle.map((one) => [`${codeOf(one)}|${one.kind}`, reason('NEITHER', codeOf(one), { kind: one.kind })]))
  return [...found.values()]
}

function ofModel({ score, hasModel }: Facts): MatchReasonRow {
  if (!score || !hasModel) return reason('NEITHER', 'NO_MODEL')
  if (score.comparisons.every(({ weight }) => weight === 0)) return reason('NEITHER', 'NOT_COMPARABLE')
  const { probability, lower, upper, modelNumber } = score
  const code = probability >= upper ? 'SURE' : probability >= lower ? 'PROBABLE' : 'IMPROBABLE'
  return reason('NEITHER', code, { model: String(modelNumber), probability: probability.toFixed(4) })
}
