/** The thread that estimates a model; estimate-in-thread.ts gives it records. It is a file of its own in a bundle too. */
import { parentPort } from 'node:worker_threads'
import { createComparer } from '../matching/compare-records.rules.ts'
import { matchRecords } from '../matching/match-records.rules.ts'
import { COLUMNS } from '../matching/matchable.rules.ts'
import { measureQuality } from '../matching/measure-quality.rules.ts'
import { probabilityOf } from '../matching/model.rules.ts'
import { bandsOf, drawPairs } from '../matching/sample-pairs.rules.ts'
import type { Estimated } from './estimate-in-thread.ts'

/** A pair below this probability is not worth the time of a person, whatever the model loses by it. */
const LEAST = 0.05
/** Only pairs at least as sure are joined without a person, unless the tenant states another bound. */
const UPPER = 0.99

function estimate(records: readonly (readonly string[])[]): Estimated {
  const matching = matchRecords({ columns: COLUMNS, records, random: Math.random })
  const { model, blocking } = matching
  const lower = Math.min(0.5, Math.max(LEAST, model.thresholds.reject))
  const probabilities = Float32Array.from(matching.bits, probabilityOf)
  const bands = bandsOf(probabilities, [lower, UPPER])
  const comparer = createComparer(model, records)
  const sample = drawPairs(blocking.pairs, probabilities, bands, Math.random)
  return {
    model,
    quality: measureQuality(matching, Math.random),
    pairs: blocking.pairs.length,
    lower,
    upper: UPPER,
    bands,
    sample: sample.map((pair) => ({ ...pair, levels: comparer.levels(pair.a, pair.b) })),
  }
}

parentPort!.on('message', (records: readonly (readonly string[])[]) => parentPort!.postMessage(estimate(records)))
