import { withTenant } from '@renmai/platform/db/db'
import type { Context } from '../context.ts'
import { weightOf } from '../matching/model.rules.ts'
import { levelSentence, type MatchSentenceRow } from '../matching/sentences.rules.ts'
import { openModel } from './open-model.ts'

export type MatchFieldRow = {
  readonly field: string
  readonly levels: readonly { readonly sentence: MatchSentenceRow; readonly m: number; readonly u: number; readonly weight: number }[]
}

/** The weights of a model, without the frequencies of values, which are personal data. */
export async function readModelFields({ db, keyRing, viewer }: Context, modelId: string): Promise<MatchFieldRow[]> {
  const { fields } = await withTenant(db, viewer.tenantId, (tx) => openModel(tx, keyRing, modelId))
  return fields.map(({ name, levels }) => ({
    field: name,
    levels: levels.map(({ meaning, m, u }) => ({ sentence: levelSentence(name, meaning), m, u, weight: weightOf(m, u) })),
  }))
}
