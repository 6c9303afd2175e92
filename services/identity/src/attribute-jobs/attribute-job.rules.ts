/** A job walks through what sources state, then through what people set; a job that maps walks through what is set aside. */

import type { AttributeJob, Sample, Stage } from './attribute-job.table.ts'

/** Values of samples that a report names. */
const MAX_SAMPLES = 20

export type JobState = 'WAITING' | 'RUNNING' | 'COMPLETED' | 'FAILED'

export const firstStage = (kind: AttributeJob['kind']): Stage => (kind === 'MAP' ? 'UNMAPPED' : 'SOURCES')

/** The stage behind one, or undefined at the end. */
export const stageAfter = (stage: Stage): Stage | undefined => (stage === 'SOURCES' ? 'HAND' : undefined)

/** A parked job has failed until an operator schedules it again. */
export function stateOf({ parkedAt, endedAt, startedAt }: Pick<AttributeJob, 'parkedAt' | 'endedAt' | 'startedAt'>): JobState {
  if (endedAt) return 'COMPLETED'
  if (parkedAt) return 'FAILED'
  return startedAt ? 'RUNNING' : 'WAITING'
}

/** The samples of a report, the first that were found. */
export const samplesWith = (known: readonly Sample[], found: readonly Sample[]): Sample[] => [...known, ...found].slice(0, MAX_SAMPLES)

/** Values that were observed before this time are deleted. */
export const expiryOf = (retentionDays: number, now: Date): Date => new Date(now.getTime() - retentionDays * 86_400_000)
