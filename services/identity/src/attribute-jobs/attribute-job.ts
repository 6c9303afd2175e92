/** Exports of jobs on fields for other features. */

export { endExpiry, scheduleExpiry, startMapping } from './start-attribute-job.ts'
