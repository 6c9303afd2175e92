import { extname } from 'node:path'
import { ThreadPool } from '@renmai/platform/render/thread-pool'
import { AppError } from '@renmai/platform/serve/errors'
import type { FieldLevel } from '../matching/compare-records.rules.ts'
import type { Quality } from '../matching/measure-quality.rules.ts'
import type { Model } from '../matching/model.rules.ts'
import type { Band } from './match-model.table.ts'

/** What the thread returns. Records are numbered in the order in which they were given. */
export type Estimated = {
  model: Model
  quality: Quality
  /** Pairs that were compared. */
  pairs: number
  lower: number
  upper: number
  bands: Band[]
  /** Pairs to label. */
  sample: { a: number; b: number; probability: number; levels: FieldLevel[] }[]
}

/** Fifty thousand profiles need about 400 MB. */
const MEMORY_MB = 1_024
/** No time is too long: the thread gives way to all others. */
const CPU_MS = 3_600_000

/** Estimates a model in a thread of its own, since it computes for up to a minute: requests do not wait for it. */
export async function estimateInThread(records: readonly (readonly string[])[]): Promise<Estimated> {
  const file = new URL(`./estimate-worker${extname(new URL(import.meta.url).pathname)}`, import.meta.url)
  const pool = new ThreadPool<readonly (readonly string[])[], Estimated>({ file, threads: 1, cpuMs: CPU_MS, memoryMb: MEMORY_MB })
  try {
    const answer = await pool.run('one', records)
    if ('stuckAt' in answer) throw new AppError('INTERNAL', 'The estimation of a model took too long')
    return answer
  } finally {
    await pool.close()
  }
}
