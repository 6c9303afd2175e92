import type { ActiveModel } from '../match-models/match-model.ts'
import type { ProfileValue } from '../match-records/match-record.ts'
import { createComparer } from '../matching/compare-records.rules.ts'
import { explainPair, type FieldExplanation } from '../matching/explain.rules.ts'
import { COLUMNS, kindOfKey, recordOf } from '../matching/matchable.rules.ts'
import { levelSentence, type MatchSentenceRow } from '../matching/sentences.rules.ts'
import { maskIdentifier } from '../profiles/mask.rules.ts'

export type MatchComparisonRow = {
  readonly field: string
  readonly valueA: string | null
  readonly valueB: string | null
  readonly sentence: MatchSentenceRow
  readonly weight: number
}

export type MatchScoreRow = {
  readonly profileIdA: string
  readonly profileIdB: string
  /** Whether a personal value is shown whole. */
  readonly isRevealing: boolean
  readonly modelNumber: number
  readonly comparisons: readonly MatchComparisonRow[]
  readonly prior: number
  readonly relatives: number
  readonly weight: number
  readonly probability: number
  readonly lower: number
  readonly upper: number
  readonly comparedPairs: number
}

type Values = ReadonlyMap<string, readonly ProfileValue[]>

/** Scores all pairs of profiles of two sides, and explains the most probable one. */
export function scoreOf(
  { model, number, lower, upper }: ActiveModel,
  ours: readonly string[],
  theirs: readonly string[],
  values: Values,
  seesPersonal: boolean,
): MatchScoreRow {
  const ids = [...ours, ...theirs]
  const records = ids.map((id) => recordOf(values.get(id)!))
  const { bits } = createComparer(model, records)
  const pairs = ours.flatMap((_, a) => theirs.map((_, b) => ({ a, b: ours.length + b })))
  const best = pairs.reduce((one, other) => (bits(other.a, other.b) > bits(one.a, one.b) ? other : one))
  const explained = explainPair(model, records[best.a]!, records[best.b]!)
  const shown = [best.a, best.b].map((at) => showing(records[at]!, values.get(ids[at]!)!, seesPersonal)) as [Shown, Shown]
  return {
    profileIdA: ids[best.a]!,
    profileIdB: ids[best.b]!,
    isRevealing: shown.some(({ isRevealing }) => isRevealing),
    modelNumber: number,
    comparisons: explained.fields.map((field) =>
      comparisonOf(field, model.fields.find(({ name }) => name === field.field)!.columns, shown),
    ),
    prior: explained.prior,
    relatives: explained.relatives,
    weight: explained.sum,
    probability: explained.probability,
    lower,
    upper,
    comparedPairs: pairs.length,
  }
}

const comparisonOf = (
  { field, level, weight }: FieldExplanation,
  columns: readonly string[],
  [a, b]: readonly [Shown, Shown],
): MatchComparisonRow => ({
  field,
  valueA: a.valueOf(columns),
  valueB: b.valueOf(columns),
  sentence: levelSentence(field, level),
  weight,
})

type Shown = { isRevealing: boolean; valueOf: (columns: readonly string[]) => string | null }

/** The values of a record as the viewer may see them: numbers and addresses are masked for all, other personal ones without the scope. */
function showing(record: readonly string[], values: readonly ProfileValue[], seesPersonal: boolean): Shown {
  const open = new Set(values.filter(({ isOpen }) => isOpen).map(({ key, value }) => `${kindOfKey(key)}|${value}`))
  let isRevealing = false
  const shown = new Map(
    COLUMNS.map(({ name, kind }, at) => {
      const value = record[at]!
      const isFree = value === '' || open.has(`${kind}|${value}`)
      const isMasked = kind === 'phone' || kind === 'email' || !seesPersonal
      if (!isFree && !isMasked) isRevealing = true
      return [name, isFree || !isMasked ? value : maskIdentifier(kind, value)] as const
    }),
  )
  const valueOf = (columns: readonly string[]) => columns.flatMap((name) => shown.get(name) || []).join(' · ') || null
  return { isRevealing, valueOf }
}
